# SPDX-License-Identifier: Apache-2.0
"""Split the text of a block into commands and what the page says they print.

Two kinds of blocks are run. A *session* shows prompts, commands and output, as
a terminal does. A *script* holds commands only, and its output is not compared.
"""

from __future__ import annotations

import re

from doclab.model import Command, DoclabError, Location

SESSION_LANGUAGES = frozenset({"console", "shell-session", "shellsession"})
SCRIPT_LANGUAGES = frozenset({"bash", "sh", "shell"})
# Sources of pages, in which a block is quoted.
PAGE_LANGUAGES = frozenset({"markdown", "md", "myst", "restructuredtext", "rest", "rst"})
LANGUAGES = SESSION_LANGUAGES | SCRIPT_LANGUAGES
# Blocks in these look like something to run, but no lab machine would run them.
FOREIGN_LANGUAGES = frozenset(
    {
        "bat", "batch", "csh", "doscon", "dosbatch", "fish", "fishshell", "ksh", "openrc",
        "posh", "powershell", "ps1", "ps1con", "psm1", "pwsh", "pwsh-session", "sbatch", "slurm",
        "tcsh", "tcshcon", "winbatch", "zsh",
    }
)  # fmt: skip

USER = "[a-z_][a-z0-9_-]*"  # the name of a user
PROMPT = re.compile(rf"(?:(?P<user>{USER})@(?P<machine>[a-z0-9][a-z0-9-]*)(?::[^\s$#]*)?[$#]|\$) ")
INTERRUPT = "^C"  # as the last line of an output: that Ctrl-C is pressed then
_CONTINUATION = "> "


def runs_nothing(line: str) -> bool:
    """Whether a shell would run nothing: the line is empty, or a comment."""
    return not line.strip() or line.lstrip().startswith("#")


def looks_like_session(text: str) -> bool:
    """Whether the first line that is not blank starts with a prompt."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return PROMPT.match(first) is not None


def shows_prompt(text: str) -> bool:
    """Whether any line starts with a prompt."""
    return any(map(PROMPT.match, text.split("\n")))


def is_session(text: str, language: str) -> bool:
    """Whether a block shows what its commands print."""
    return language in SESSION_LANGUAGES or looks_like_session(text)


def parse(
    text: str, *, language: str, first: Location, continues: bool = False
) -> tuple[Command, ...]:
    """Return the commands of a block.

    Args:
        text: content of the fence.
        language: language of the fence.
        first: location of the first line of the content.
        continues: whether it starts with what a command of an earlier block prints;
            that is then the expectation of a first command without text.

    Raises:
        DoclabError: if the block has no command, or output before the first.
    """
    if is_session(text, language):
        return _session(text, first, continues=continues)
    if all(map(runs_nothing, text.split("\n"))):
        raise DoclabError(f"{first}: the block has no command; remove it, or write one.")
    above = len(text) - len(text.lstrip("\n"))  # blank lines, which a page does not show
    return (Command(text=text.strip("\n"), line=first.line + above),)


def _session(text: str, first: Location, *, continues: bool) -> tuple[Command, ...]:
    found: list[tuple[re.Match[str] | None, int, list[str], list[str]]] = []
    if continues:
        if PROMPT.match(text):
            raise DoclabError(
                f"{first}: a block that continues an earlier one starts with what its command"
                " prints, or with `^C`, and not with a prompt."
            )
        found.append((None, first.line, [""], []))
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
        _add_line(line, *found[-1][2:], typed=found[-1][0] is not None)
    if not found:
        raise DoclabError(f"{first}: the block has no command; remove it, or write one.")
    return tuple(
        _command(Location(path=first.path, line=number), prompt, command, output)
        for prompt, number, command, output in found
    )


def _add_line(line: str, command: list[str], output: list[str], *, typed: bool) -> None:
    """Add a line without a prompt to a command, or to what it prints."""
    if typed and not output and f"{line} ".startswith(_CONTINUATION):
        command.append(line[len(_CONTINUATION) :])
    elif typed and not output and command[-1].endswith("\\"):
        command.append(line)
    else:
        output.append(line)


def _command(
    place: Location, prompt: re.Match[str] | None, lines: list[str], output: list[str]
) -> Command:
    """Return a command; refuse an expectation that would not be a check."""
    expected = "\n".join(line.rstrip() for line in output).rstrip("\n")
    shown = expected.split("\n")
    interrupt = shown[-1] == INTERRUPT
    below = place.line + len(lines) - (prompt is None)  # the line on which output starts
    if prompt is not None and not "".join(lines).strip():
        raise DoclabError(f"{place}: a prompt without a command; write one, or remove the prompt.")
    if prompt is not None and expected and all(map(runs_nothing, lines)):
        raise DoclabError(
            f"{place}: a comment prints nothing, so what the page shows after it would not"
            " be compared; write the comment as text outside of the block."
        )
    if INTERRUPT in shown[:-1]:
        raise DoclabError(
            f"{place.path}:{below + shown.index(INTERRUPT) + 1}: what is shown after `^C` would"
            " not be compared; end the output of the command with `^C`."
        )
    if interrupt:
        expected = "\n".join(shown[:-1]).rstrip("\n")
    if expected and not expected.replace("...", "").strip():
        raise DoclabError(
            f"{place.path}:{below}: an expectation of nothing but `...`"
            " would accept anything, even no output; show a line that matters, or"
            " write the command in a ```bash block, whose output is not compared."
        )
    return Command(
        text="\n".join(lines),
        line=place.line,
        user=prompt["user"] if prompt is not None else None,
        machine=prompt["machine"] if prompt is not None else None,
        prompt=prompt[0].rstrip() if prompt is not None and prompt["user"] else None,
        expected=expected,
        interrupt=interrupt,
    )
