# SPDX-License-Identifier: Apache-2.0
"""Say what Sphinx complains of in our own way: where, what, and what to do."""

from __future__ import annotations

import ast
import difflib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from doclab.block_options import SPEC, TAKES
from doclab.commands import LANGUAGES
from doclab.settings import conf_place

_START = re.compile(
    r"(?:(?P<path>[^\n:]*?)(?::(?P<line>\d+|<[^>\n]*>))?: )?"
    r"(?:WARNING|ERROR|CRITICAL|SEVERE): (?P<text>.*)"
)
_KIND = re.compile(r"\s*\[[\w.-]+\]$")  # the kind of the warning, which nobody needs
_Say: TypeAlias = Callable[[re.Match[str]], str]


def _unknown_option(match: re.Match[str]) -> str:
    directive, option, allowed = match.group("directive", "option", "allowed")
    names = sorted(SPEC) if directive == "run" else list(ast.literal_eval(allowed))
    close = difflib.get_close_matches(option, names, n=1)
    hint = f"; did you mean `:{close[0]}:`?" if close else "."
    listed = ", ".join(f"`{name}`" for name in names)
    return f"{{{directive}}} has no option `{option}`{hint} It has {listed}."


def _bad_value(match: re.Match[str]) -> str:
    directive, option, value, cause = match.group("directive", "option", "value", "cause")
    takes = TAKES.get(option) if directive == "run" else None
    if cause.startswith(("the placeholder", "the answer")):  # a message of ours
        return f"in `:{option}: {value}`, {cause.rstrip('.')}."
    said = (
        f"the option `:{option}:` of {{{directive}}} says nothing"
        if value == "None" or not value.strip()
        else f"`:{option}: {value}` is nothing that {{{directive}}} understands"
    )
    return f"{said}; it takes {takes}." if takes else f"{said}: {cause}."


def _unknown_language(match: re.Match[str]) -> str:
    close = difflib.get_close_matches(match["x"].lower(), sorted(LANGUAGES), n=1)
    hint = f"did you mean `{close[0]}`? Else, name another" if close else "name another"
    return (
        f"there is no language '{match['x']}', and nobody runs this block; {hint} that Pygments"
        " knows, or `text`."
    )


#: What Sphinx, docutils and MyST say, and how we say it. `{x}` is the group x.
_RULES: tuple[tuple[str, str | _Say], ...] = (
    (
        (
            r"'(?P<directive>[\w-]+)': Unknown option key: '(?P<option>.*?)' "
            r"\(allowed: (?P<allowed>\[.*\])\)"
        ),
        _unknown_option,
    ),
    (
        (
            r"'(?P<directive>[\w-]+)': Invalid option value for '(?P<option>.*?)': "
            r"(?P<value>.*?): (?P<cause>.*)"
        ),
        _bad_value,
    ),
    (
        r"'(?P<directive>[\w-]+)': Invalid options format: (?P<cause>.*)",
        (
            "the options of {{{directive}}} cannot be read ({cause}); put a value that has quotes,"
            ' a colon with a space, or a `#` between double quotes (").'
        ),
    ),
    (
        r"'myst' cross-reference target not found: '(?P<x>.*?)'.*",
        (
            "the link to '{x}' leads nowhere; name a page by its path from here, such as"
            " `page.md`, and a heading as `page.md#heading`."
        ),
    ),
    (
        r"undefined label: '(?P<x>.*?)'.*",
        "the label '{x}' is nowhere; write `({x})=` above the heading that it means.",
    ),
    (
        r"unknown document: '/?(?P<x>.*?)'",
        (
            "there is no page '{x}'; name one by its path from the directory of conf.py, without"
            " its suffix."
        ),
    ),
    (
        r"toctree contains reference to (?:nonexisting|excluded) document '(?P<x>.*?)'",
        "the toctree names '{x}', and there is no such page; remove it, or write the page.",
    ),
    (
        r"Document headings start at H(?P<x>\d), not H1",
        "the first heading of this page is of level {x}; begin with one of level 1, `# …`.",
    ),
    (
        r".*(?:(?:begin|end) with a transition|separate transitions|Transition must be).*",
        "a line across the page (`---`) parts nothing here; remove it.",
    ),
    (
        r"document isn't included in any toctree",
        "this page is in no toctree, so that no reader finds it; name it in one.",
    ),
    (
        r"Directive [\"'](?P<directive>[\w-]+)[\"']: file not found: '?(?P<x>.*?)'?",
        "there is no file {x} to include; the path starts from the directory of this page.",
    ),
    (
        r"Include file '?(?P<x>.*?)'? not found or reading it failed",
        "there is no file {x} to show; the path starts from the directory of this page.",
    ),
    (
        r"download file not readable: (?P<x>.*)",
        "there is no file {x} to download; the path starts from the directory of this page.",
    ),
    (
        r"image file not readable: (?P<x>.*)",
        "there is no image {x}; the path starts from the directory of this page.",
    ),
    (r"Pygments lexer name (?P<q>['\"])(?P<x>.*)(?P=q) is not known", _unknown_language),
    (
        r"line number spec is out of range\((?P<x>[\d-]+)\): '(?P<y>.*?)'",
        "an option of this block names the lines {y}, and it has the lines {x}; correct it.",
    ),
    (
        r"invalid line number spec: '(?P<x>.*?)'",
        "an option of this block names the lines '{x}'; write them as in `1-3,7`.",
    ),
    (
        r"Line spec '(?P<x>.*?)': no lines pulled from include file .*",
        "the file that is shown has no lines {x}; correct `:lines:`.",
    ),
    (
        r"(?P<x>start-after|start-at|end-at|end-before) pattern not found: (?P<y>.*)",
        "the file that is shown has no '{y}'; correct `:{x}:`.",
    ),
    (
        r"Object named '(?P<x>.*?)' not found in include file .*",
        "the file that is shown has no '{x}'; correct `:pyobject:`.",
    ),
    (
        r'multiple files found for the document "(?P<x>.*?)": (?P<files>.*?) Use .*',
        (
            "two files are one page, '{x}': {files}; rename one of them, or leave it out with"
            " exclude_patterns in conf.py."
        ),
    ),
    (
        r"Unknown directive type: '(?P<x>.*?)'",
        "there is no directive {{{x}}}; correct its name, or add its extension in conf.py.",
    ),
    (
        r'Unknown interpreted text role "(?P<x>.*?)".*',
        "there is no role {{{x}}}; correct its name, or add its extension in conf.py.",
    ),
    (
        r"Non-consecutive header level increase; H(?P<x>\d) to H(?P<y>\d)",
        "a heading of level {y} stands below one of level {x}; leave none out.",
    ),
    (
        r'Duplicate explicit target name: "(?P<x>.*?)"\.',
        "the label `({x})=` is on this page twice; give one of them another name.",
    ),
    (
        r"The config value `(?P<x>\w+)' has type `(?P<y>\w+)'; expected (?P<z>.*)\.",
        "{x} is a {y}; it must be {z}.",
    ),
    (
        r"Directive '(?P<directive>[\w-]+)': \d+ argument\(s\) required, 0 supplied",
        "nothing stands behind {{{directive}}}; write in the same line what it is about.",
    ),
    (
        r"Directive '(?P<directive>.*?)': maximum (?P<x>\d+) argument\(s\) allowed, (?P<y>\d+) .*",
        "{y} words stand behind {{{directive}}}, which takes {x}; remove what is too much.",
    ),
    (
        r"'(?P<directive>[\w-]+)': Has content, but none permitted",
        "{{{directive}}} takes nothing but its first line; close its fence in the line below.",
    ),
    (
        r'Content block expected for the "(?P<x>tabs)" directive; none found\.',
        "a set of tabs without a tab; put {{tab}} or {{group-tab}} into it, or remove it.",
    ),
    (
        r'Content block expected for the "(?P<x>[\w-]+)" directive; none found\.',
        "{{{x}}} is empty; write something into it, or remove it.",
    ),
)


def broken_conf(error: str, *, docs: Path, root: Path) -> str:
    """Return what is wrong with a conf.py that Sphinx cannot use, from what Sphinx says."""
    conf = os.path.relpath(docs / "conf.py", root)
    lines = [line for line in error.strip().split("\n") if line.strip()]
    if syntax := re.search(r": (.*) \(conf\.py, line (\d+)\)", error):
        return f"{conf}:{syntax[2]}: this is no Python: {syntax[1]}."
    if extension := re.search(r"Could not import extension (\S+) \(exception: (.*)\)", error):
        place = conf_place(docs, "extensions", root=root)
        return (
            f"{place}: the extension {extension[1]!r} cannot be used: {extension[2]}; install it,"
            " or correct its name."
        )
    if "Traceback" in error:
        frames = re.findall(r'File "[^"]*conf\.py", line (\d+)', error)
        return f"{conf}:{frames[-1] if frames else 1}: this raises {lines[-1]}; mend it."
    return f"{conf}: Sphinx cannot read this site: {_say(' '.join(lines), root)}"


def complaints(text: str, *, docs: Path, root: Path) -> list[str]:
    """Return what Sphinx complained of, each as one line with place and remedy.

    Args:
        text: what Sphinx wrote to its stream of warnings, without colours.
        docs: directory of conf.py, for what is said without a place.
        root: directory to which places are relative.
    """
    found = []
    for path, line, message in _messages(text):
        setting = re.search(r"config value `(\w+)'", message)
        if path:
            # To what is a path already, and no name of a page, Sphinx adds a suffix.
            real = path if Path(path).exists() else path.removesuffix(".rst")
            place = os.path.relpath(real, root) + (f":{line}" if line else "")
        elif setting is not None:
            place = conf_place(docs, setting[1], root=root)
        else:
            place = os.path.relpath(docs, root)
        found.append(f"{place}: {_say(message, root)}")
    return found


def _messages(text: str) -> Iterator[tuple[str, str, str]]:
    """Return path, line and text of each message; a message may have several lines."""
    path, number, said = "", "", ""
    for line in text.split("\n"):
        match = _START.fullmatch(line)
        if match is None:
            said += f" {line.strip()}" if line.strip() else ""
            continue
        if said:
            yield path, number, said
        path, number, said = match["path"] or "", match["line"] or "", match["text"]
    if said:
        yield path, number, said.strip()


def _say(message: str, root: Path) -> str:
    short = _KIND.sub("", message.strip()).replace(f"{root}{os.sep}", "")
    for pattern, said in _RULES:
        match = re.fullmatch(pattern, short, re.DOTALL)
        if match is not None:
            return said.format(**match.groupdict()) if isinstance(said, str) else said(match)
    return short
