# SPDX-License-Identifier: Apache-2.0
"""The languages of blocks that are not run: a block that should be is not among them."""

from __future__ import annotations

from sphinx.highlighting import PygmentsBridge

from doclab.commands import (
    FOREIGN_LANGUAGES,
    LANGUAGES,
    PAGE_LANGUAGES,
    SESSION_LANGUAGES,
    looks_like_session,
    shows_prompt,
)

_HIGHLIGHTER = PygmentsBridge()


def complaint(language: str, text: str, *, run: bool) -> str | None:
    """Return what is wrong with a block in a language that is not run, if anything is.

    Args:
        language: in small letters, as Sphinx names it.
        text: of the block.
        run: whether it is a {run} block.
    """
    if run and language == "default":
        return (
            "{run} without a language; write `{run} console` for a session, or `{run} bash` for"
            " commands alone."
        )
    if language in FOREIGN_LANGUAGES or run:
        return (
            f"a block in {language!r}, which nobody runs; write it as"
            f" {', '.join(sorted(LANGUAGES))}, or as `text` if it is no command."
        )
    if language not in PAGE_LANGUAGES and shows_prompt(text):
        return (
            f"this block shows a prompt, but its language is {language!r}, which nobody runs;"
            " write ```console."
        )
    return None


def complaint_about_file(language: str, text: str) -> str | None:
    """Return what is wrong with a file that a page shows, if anything is.

    Args:
        language: in small letters, as Sphinx names it.
        text: what is shown of the file.
    """
    session = language in SESSION_LANGUAGES
    if session or (looks_like_session(text) and language not in PAGE_LANGUAGES):
        return (
            "this file is a session, and nobody runs what is included; write it into the page as"
            f" a ```console block{', or give it another language' if session else ''}."
        )
    return None


def look_up(language: str, text: str, *, location: str) -> None:
    """Have Sphinx warn of a language that it does not know, such as one with a slip in its name.

    Sphinx itself does so only when it writes HTML.

    Args:
        language: as the page has it.
        text: of the block.
        location: of the block, an absolute path with a line.
    """
    _HIGHLIGHTER.get_lexer(text, language, location=location)
