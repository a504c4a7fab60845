# SPDX-License-Identifier: Apache-2.0
"""Fences are found with their exact lines, wherever they are nested."""

from __future__ import annotations

from pathlib import Path

import pytest

from doclab.fences import Fence, Fences, find


def fences(tmp_path: Path, text: str) -> list[Fence]:
    """Return the fences of a text."""
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    return find(path)


def check(tmp_path: Path, text: str, *expected: tuple[int, int, str]) -> None:
    """Compare line, first line and info; each first line must start with FIRST."""
    found = fences(tmp_path, text)
    assert [(f.line, f.first, f.info) for f in found] == list(expected)
    lines = text.split("\n")
    for fence in found:
        assert fence.closed
        if "FIRST" in fence.content.split("\n")[0]:
            assert "FIRST" in lines[fence.first - 1]
        assert fence.info in lines[fence.line - 1]


def test_plain(tmp_path: Path) -> None:
    """A fence at the start of a file is on line 1."""
    check(tmp_path, "```console\nFIRST\n```\n", (1, 2, "console"))


def test_content(tmp_path: Path) -> None:
    """The content is what stands between the fences, with its blank lines."""
    (fence,) = fences(tmp_path, "\n```sh\n\n  a\n\n```\n")
    assert (fence.first, fence.content) == (3, "\n  a\n\n")


def test_front_matter(tmp_path: Path) -> None:
    """Front matter counts as lines and is no fence."""
    check(tmp_path, "---\na: 1\n---\n\n# T\n\n```sh\nFIRST\n```\n", (7, 8, "sh"))


@pytest.mark.parametrize("fence", ["```", "````", "~~~", "~~~~~"])
def test_kinds_of_fences(tmp_path: Path, fence: str) -> None:
    """Backticks and tildes, three or more, make a fence."""
    check(tmp_path, f"text\n\n{fence}sh\nFIRST\n~~\n``\n{fence}\n\nend", (3, 4, "sh"))


def test_shorter_fence_inside(tmp_path: Path) -> None:
    """A shorter fence does not close a longer one."""
    check(tmp_path, "````text\nFIRST\n```\nx\n```\n````\n", (1, 2, "text"))


def test_lists_and_quotes(tmp_path: Path) -> None:
    """Fences in lists, quotes and both have their own lines."""
    text = (
        "1. a\n\n   ```sh\n   FIRST\n   ```\n\n   - b\n\n     ~~~bash\n     FIRST\n     ~~~\n\n"
        "> ```console\n> FIRST\n> ```\n>\n> - c\n>\n>   ```sh\n>   FIRST\n>   ```\n"
    )
    check(tmp_path, text, (3, 4, "sh"), (9, 10, "bash"), (13, 14, "console"), (19, 20, "sh"))


def test_tabs(tmp_path: Path) -> None:
    """Tab characters before a fence and in it change no line."""
    text = "-\ta\n\n\t```sh\n\tFIRST\n\t```\n\n```sh\n\tFIRST\n```\n"
    check(tmp_path, text, (3, 4, "sh"), (7, 8, "sh"))
    assert fences(tmp_path, text)[1].content == "\tFIRST\n"


def test_colon_fence(tmp_path: Path) -> None:
    """A colon fence is a fence, and so is what it holds."""
    text = ":::{note}\ntext\n\n```sh\nFIRST\n```\n:::\n"
    check(tmp_path, text, (1, 2, "{note}"), (4, 5, "sh"))


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ("", 0),
        (":class: a\n", 1),
        (":class: a\n:name: b\n\n", 3),
        ("---\nclass: a\nname: b\n---\n", 4),
        ("---\nclass: a\n---\n\n", 4),
        ("\n", 1),
    ],
)
def test_options(tmp_path: Path, options: str, count: int) -> None:
    """The options of a directive are no content."""
    text = f"# T\n\n```{{run}} console\n{options}FIRST\nb\n```\n"
    (fence,) = fences(tmp_path, text)
    assert (fence.line, fence.first) == (3, 4 + count)
    assert text.split("\n")[fence.first - 1] == "FIRST"
    assert fence.content == "FIRST\nb\n"


@pytest.mark.parametrize("options", ["", ":class: a\n\n", "---\nclass: a\n---\n\n", "\n"])
def test_nested_directives(tmp_path: Path, options: str) -> None:
    """What a directive holds has the lines of the file."""
    text = (
        f"# T\n\n`````{{note}}\n{options}text\n\n````{{tip}}\n{options}more\n\n"
        f"~~~sh\nFIRST\n~~~\n````\n\n```bash\nFIRST\n```\n`````\n"
    )
    lines = text.split("\n")
    found = fences(tmp_path, text)
    assert [lines[f.line - 1] for f in found] == [
        "`````{note}", "````{tip}", "~~~sh", "```bash",
    ]  # fmt: skip
    assert [lines[f.first - 1] for f in found] == ["text", "more", "FIRST", "FIRST"]


@pytest.mark.parametrize(
    "text",
    [
        "```sh\na\n",
        "```sh\na\n``\n",
        "```sh\na\n~~~\n",
        "~~~~sh\na\n~~~\n",
        "```sh\n",
        "```sh",
        "- ```sh\n  a\n\ntext\n",
        "> ```sh\n> a\n\ntext\n",
        ":::{note}\ntext\n",
    ],
)
def test_unclosed(tmp_path: Path, text: str) -> None:
    """A fence without an end is found out."""
    assert [fence.closed for fence in fences(tmp_path, text)] == [False]


def test_unclosed_inside(tmp_path: Path) -> None:
    """A fence that ends with the directive around it was not closed."""
    found = fences(tmp_path, "````{note}\n```sh\na\n````\n")
    assert [(fence.line, fence.closed) for fence in found] == [(1, True), (2, False)]


@pytest.mark.parametrize("text", ["```sh\n```\n", "- ```sh\n  ```\n", "> ~~~sh\n> ~~~\n"])
def test_empty(tmp_path: Path, text: str) -> None:
    """An empty fence is closed."""
    assert [(fence.content, fence.closed) for fence in fences(tmp_path, text)] == [("", True)]


def test_code_is_no_markdown(tmp_path: Path) -> None:
    """What a directive for code holds is not searched for fences."""
    text = "````{run} console\n$ cat > a.md <<EOF\n> ```\n> EOF\n$ cat a.md\n```\n````\n"
    assert [(fence.line, fence.closed) for fence in fences(tmp_path, text)] == [(1, True)]


def test_no_fence(tmp_path: Path) -> None:
    """Code spans and indented code are no fences."""
    assert fences(tmp_path, "a ```b``` c\n\n    ```sh\n    a\n    ```\n") == []


def test_each_fence_is_taken_once(tmp_path: Path) -> None:
    """Blocks with one content take the fences nearest to them, each its own."""
    text = "```sh\nls\n```\n" * 3
    found = Fences(fences(tmp_path, text))
    taken = [found.take(content, hint) for content, hint in (("ls", 5), (" ls\n", 5), ("ls", 5))]
    assert [fence.line if fence is not None else None for fence in taken] == [4, 7, 1]
    assert found.take("ls", 1) is None
    assert found.take("ps", 1) is None


def test_fences_that_are_never_closed(tmp_path: Path) -> None:
    """They are kept for the report of mistakes."""
    found = Fences(fences(tmp_path, "```sh\nls\n```\n\n```sh\nps\n"))
    assert [fence.line for fence in found.unclosed] == [5]
