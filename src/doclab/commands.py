"""Split the text of a block into commands and what the page says they print.

Two kinds of blocks are run. A *session* shows prompts, commands and output, as
a terminal does. A *script* holds commands only, and its output is not compared.
"""

from __future__ import annotations

import re

from doclab.model import Command, DoclabError, Location

SESSION_LANGUAGES = frozenset({"console", "shell-session", "shellsession"})
SCRIPT_LANGUAGES = frozenset({"bash", "sh", "shell"})
LANGUAGES = SESSION_LANGUAGES | SCRIPT_LANGUAGES
# Blocks in these look like something to run, but no lab machine would run them.
FOREIGN_LANGUAGES = frozenset(
    {
        "bat", "batch", "csh", "doscon", "dosbatch", "fish", "fishshell", "ksh",
        "powershell", "ps1", "ps1con", "pwsh", "tcsh", "tcshcon", "zsh",
    }
)  # fmt: skip

PROMPT = re.compile(
    r"(?:(?P<user>[a-z_][a-z0-9_-]*)@(?P<machine>[a-z0-9][a-z0-9-]*)(?::[^\s$#]*)?[$#]|\$) "
)
_CONTINUATION = "> "


def runs_nothing(line: str) -> bool:
    """Whether a shell would run nothing: the line is empty, or a comment."""
    return not line.strip() or line.lstrip().startswith("#")


def looks_like_session(text: str) -> bool:
    """Whether the first line that is not blank starts with a prompt."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return PROMPT.match(first) is not None


def parse(text: str, *, language: str, first: Location) -> tuple[Command, ...]:
    """Return the commands of a block.

    Args:
        text: content of the fence.
        language: language of the fence.
        first: location of the first line of the content.

    Raises:
        DoclabError: if the block has no command, or output before the first.
    """
    if language in SESSION_LANGUAGES or looks_like_session(text):
        return _session(text, first)
    if all(map(runs_nothing, text.split("\n"))):
        raise DoclabError(f"{first}: the block has no command; remove it, or write one.")
    return (Command(text=text.rstrip("\n"), line=first.line),)


def _session(text: str, first: Location) -> tuple[Command, ...]:
    found: list[tuple[re.Match[str], int, list[str], list[str]]] = []
    for number, line in enumerate(text.rstrip("\n").split("\n"), start=first.line):
        prompt = PROMPT.match(line)
        if prompt is not None:
            found.append((prompt, number, [line[prompt.end() :]], []))
            continue
        if not found:
            if not line.strip():
                continue
            raise DoclabError(
                f"{first.path}:{number}: a session starts with a prompt such as `$ ` or"
                f" `user@machine$ `, not with {line!r}; for commands without prompts"
                " write ```bash."
            )
        _, _, command, output = found[-1]
        if not output and f"{line} ".startswith(_CONTINUATION):
            command.append(line[len(_CONTINUATION) :])
        elif not output and command[-1].endswith("\\"):
            command.append(line)
        else:
            output.append(line)
    if not found:
        raise DoclabError(f"{first}: the block has no command; remove it, or write one.")
    return tuple(
        Command(
            text="\n".join(command),
            line=number,
            user=prompt["user"],
            machine=prompt["machine"],
            expected=_expectation(Location(path=first.path, line=number), command, output),
        )
        for prompt, number, command, output in found
    )


def _expectation(place: Location, command: list[str], output: list[str]) -> str:
    """Return what a command must print; refuse what would not be a check."""
    expected = "\n".join(line.rstrip() for line in output).rstrip("\n")
    if not "".join(command).strip():
        raise DoclabError(f"{place}: a prompt without a command.")
    if expected and all(map(runs_nothing, command)):
        raise DoclabError(
            f"{place}: a comment prints nothing, so what the page shows after it would not"
            " be compared; write the comment as text outside of the block."
        )
    if expected and not expected.replace("...", "").strip():
        raise DoclabError(
            f"{place.path}:{place.line + len(command)}: an expectation of nothing but `...`"
            " would accept anything, even no output; show a line that matters, or"
            " write the command in a ```bash block, whose output is not compared."
        )
    return expected
