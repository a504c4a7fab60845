# SPDX-License-Identifier: Apache-2.0
"""Text that others wrote, made harmless and legible."""

from __future__ import annotations

from datetime import UTC, datetime

from doclab.model import Block


def visible(text: str) -> str:
    """Show what cannot be printed, such as escape or a mark that turns text around."""
    if text.isprintable():
        return text
    return "".join(c if c in "\n\t" or c.isprintable() else _escape(c) for c in text)


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def shortened(text: str, most: int) -> str:
    """Return a line or a text of bounded length."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def title(block: Block) -> str:
    """Return the first line that a block runs."""
    return visible(block.title)


def duration(seconds: float) -> str:
    """Return a time for people."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes >= 2 else f"{seconds:.1f} s"


def moment(iso: str) -> str:
    """Return a date and time (ISO 8601) for people; what is none stays as it is."""
    try:
        return datetime.fromisoformat(iso).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    except ValueError:
        return iso
