# SPDX-License-Identifier: Apache-2.0
"""The source of a page is changed where the output is new, and nowhere else."""

from __future__ import annotations

import dataclasses
import getpass
from pathlib import Path

import pytest
from conftest import LocalLab, Sites, Snapshot, block, scenario
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doclab.model import Block, BlockResult, Command, DoclabError, Fate, Location, Placeholder
from doclab.run import run_scenario
from doclab.source import Change, updated_text
from doclab.update import changes, prepare, write

PAGE = Path("docs/page.md")


def change(line: int, command: str, old: str, new: str) -> Change:
    """Return a change."""
    return Change(location=Location(path=PAGE, line=line), command=command, old=old, new=new)


CASES = {
    "plain": ("# T\n\n```console\n$ a\nold\n```\n", change(4, "a", "old", "new")),
    "longer": ("```console\n$ a\n1\n3\n\n$ b\nx\n```\n", change(2, "a", "1\n3", "1\n2\n3\n4")),
    "shorter": ("```console\n$ a\n1\n2\n3\n```\n", change(2, "a", "1\n2\n3", "2")),
    "to-nothing": ("```console\n$ a\n1\n$ b\n2\n```\n", change(2, "a", "1", "")),
    "from-nothing": ("```console\n$ a\n```\n", change(2, "a", "", "1\n\n2")),
    "continued": ("```console\n$ a \\\n>   b\nold\n```\n", change(2, "a \\\n  b", "old", "new")),
    "in-a-list":
        ("- x\n\n  ```console\n  $ a\n  1\n  2\n  ```\n", change(4, "a", "1\n2", "1\n\n3")),
    "in-a-quotation": ("> ```console\n> $ a\n> 1\n> ```\n", change(2, "a", "1", "2\n\n  3")),
    "in-a-note": ("```{note}\n~~~console\n$ a\n1\n~~~\n```\n", change(3, "a", "1", "2")),
    "directive": ("```{run} console\n:status: 2\n\n$ a\n1\n```\n", change(4, "a", "1", "2")),
    "windows": ("x\r\n\r\n```console\r\n$ a\r\n1\r\n2\r\n```\r\n", change(4, "a", "1\n2", "1\n3")),
    "no-newline-at-the-end": ("```console\n$ a\n1\n```", change(2, "a", "1", "2")),
    "blanks-stay": ("\ufeff# T  \n\n```console\n$ a\n1  \n2\n\n\n```\n\n\n",
                    change(4, "a", "1\n2", "1\n3")),
    "user-prompt": ("```console\nme@server$ a\n1\n```\n", change(2, "a", "1", "2")),
}  # fmt: skip
REFUSED = {
    "lost": ("```console\n$ b\n1\n```\n", change(2, "a", "1", "2")),
    "moved": ("\n```console\n$ a\n1\n```\n", change(2, "a", "1", "2")),
    "another-output": ("```console\n$ a\n3\n```\n", change(2, "a", "1", "2")),
    "behind-the-end": ("", change(2, "a", "1", "2")),
    "prompt": ("```console\n$ a\n1\n```\n", change(2, "a", "1", "x\n$ rm")),
    "continuation": ("```console\n$ a\n1\n```\n", change(2, "a", "1", "> x")),
    "fence": ("```console\n$ a\n1\n```\n", change(2, "a", "1", "```\nx")),
    "control": ("```console\n$ a\n1\n```\n", change(2, "a", "1", "\x1b[1mx")),
    "only-dots": ("```console\n$ a\n1\n```\n", change(2, "a", "1", "...")),
}


@pytest.mark.parametrize("name", CASES)
def test_updated_text(name: str, snapshot: Snapshot) -> None:
    """Only the lines of the output are others; indentation and line ends stay."""
    source, one = CASES[name]
    found = updated_text(source, [one])
    snapshot(repr(found).replace("\\n", "\\n\n"))
    there = dataclasses.replace(one, old=one.new, new=one.old)
    again = updated_text(found, [dataclasses.replace(one, old=one.new)])
    assert again == found
    if name != "blanks-stay":
        assert updated_text(found, [there]) == source


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, snapshot: Snapshot) -> None:
    """A source that is another, and output that a page cannot show."""
    source, one = REFUSED[name]
    with pytest.raises(DoclabError) as caught:
        updated_text(source, [one])
    snapshot(str(caught.value))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.text(st.characters(codec="utf-8"), max_size=6), max_size=4),
    st.sampled_from(["", "> ", "  "]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_output(lines: list[str], prefix: str, newline: str) -> None:
    """Whatever is written is read again as it was, or it is refused."""
    new = "\n".join(line.rstrip() for line in lines).rstrip("\n")
    head = "- x\n\n" if prefix == "  " else "# T\n\n"
    body = "".join(f"{prefix}{line}\n" for line in ("```console", "$ a", "old", "$ b", "2", "```"))
    source = f"{head}{body}\nend".replace("\n", newline)
    try:
        found = updated_text(source, [change(4, "a", "old", new)])
    except DoclabError:
        return
    assert updated_text(found, [change(4, "a", new, "old")]) == source


def results(lab: LocalLab, *blocks: Block, name: str = "page") -> list[BlockResult]:
    """Run blocks, going on after new output."""
    return run_scenario(
        scenario(*blocks, name=name), lab, listen=lambda _result: None, lenient=True
    )


def test_a_lenient_run_goes_on(lab: LocalLab) -> None:
    """All output is looked at, and a wrong status still ends the run."""
    commands = (
        Command(text="echo 1", line=2, expected="0"),
        Command(text="echo 2", line=4, expected="0"),
    )
    found = results(lab, block(commands=commands), block("false", line=9), block("true", line=12))
    assert [result.fate for result in found] == [Fate.FAILED, Fate.FAILED, Fate.BLOCKED]
    assert [item.matched for item in found[0].commands] == [False, False]
    assert found[0].failure is not None
    assert found[0].failure.output_only
    assert found[1].failure is not None
    assert not found[1].failure.output_only
    new, refused = changes(found)
    assert [(str(c.location), c.new) for c in new] == [
        ("docs/page.md:2", "1"),
        ("docs/page.md:4", "2"),
    ]
    assert not refused


def test_a_block_that_continues() -> None:
    """What comes behind its first output is updated as ever."""
    source = "```{run} console\n:continues:\n\nfirst\n^C\n$ a\n1\n```\n"
    one = dataclasses.replace(change(6, "a", "1", "2"), continues=True)
    assert updated_text(source, [one]) == source.replace("\n1\n", "\n2\n")


def test_output_that_a_job_may_have_printed(lab: LocalLab) -> None:
    """It is a failure like others, and never written."""
    found = results(
        lab,
        block("sleep 60 &", background=True),
        block("echo a", line=5, expected="b"),
        block("echo c", line=9, expected="c"),
    )
    assert [result.fate for result in found] == [Fate.PASSED, Fate.FAILED, Fate.BLOCKED]


def test_a_value_that_came_before(lab: LocalLab) -> None:
    """It keeps the page's example in new output, and another value does not."""
    items = (Placeholder(text="10.0.0.1", kind="ipv4", name="me"),)
    found, _ = changes(
        results(
            lab,
            block("echo 1.2.3.4", expected="10.0.0.1", placeholders=items),
            block("echo at 1.2.3.4", line=5, expected="from 10.0.0.1", placeholders=items),
            block("echo at 5.6.7.8", line=9, expected="from 10.0.0.1", placeholders=items),
        )
    )
    assert [c.new for c in found] == ["at 10.0.0.1", "at 5.6.7.8"]


def test_waiting(lab: LocalLab) -> None:
    """New output of a command that is repeated is the last one."""
    one = dataclasses.replace(block("echo $((n+=1))", expected="x"), wait=0.5)
    (found,), refused = changes(results(lab, one))
    assert int(found.new) > 1
    assert not refused


def test_scenarios_that_differ(lab: LocalLab, snapshot: Snapshot) -> None:
    """One text must fit all scenarios."""
    one = results(lab, block("echo $$", expected="x"), name="one")
    lab.close_terminals()
    other = results(lab, block("echo $$", expected="x"), name="other")
    found, refused = changes(one + other)
    assert not found
    snapshot("\n".join(refused))
    lab.close_terminals()
    new = results(lab, block("echo $$", expected=""), name="one")
    lab.close_terminals()
    found, refused = changes(new + results(lab, block("echo $$", expected=""), name="other"))
    assert [c.new for c in found] == [new[0].output.strip()]
    assert "written as it is in one. But the output in the scenario other" in refused[0]
    varies = (Placeholder(text="4711", kind="number"),)
    fits = block("echo pid $$", expected="process 4711", placeholders=varies)
    found, refused = changes(results(lab, fits, name="one") + results(lab, fits, name="other"))
    assert [c.new for c in found] == ["pid 4711"]
    assert not refused


def test_one_scenario_has_the_old_output(lab: LocalLab) -> None:
    """Output that is right in one scenario is not taken away from it."""
    one = results(lab, block("echo a", expected="a"), name="one")
    other = results(lab, dataclasses.replace(one[0].block, commands=(
        Command(text="echo b", line=2, expected="a"),)), name="other")  # fmt: skip
    found, refused = changes(one + other)
    assert not found
    assert len(refused) == 1


def test_long_output(lab: LocalLab, snapshot: Snapshot) -> None:
    """Output that was shortened is never written."""
    found, refused = changes(results(lab, block("seq 100000", expected="1")))
    assert not found
    snapshot("\n".join(refused))


def test_pages(lab: LocalLab, sites: Sites, snapshot: Snapshot) -> None:
    """A page is updated, also in a file that it includes; then nothing is left to do."""
    page = "# T\n\n```console\n$ echo 1\nold\n```\n\n```{include} part.inc.md\n```\n"
    docs = sites.write(index=page)
    part = docs / "part.inc.md"
    with (docs / "conf.py").open("a") as conf:
        conf.write(f'exclude_patterns = ["*.inc.md"]\ndoclab_user = {getpass.getuser()!r}\n')
    part.write_text("> ```console\n> $ echo 2\n> old\n> ```\n", encoding="utf-8")
    part.chmod(0o640)
    (docs / "other.md").write_text("---\norphan: true\n---\n# O\n\ntext\n", encoding="utf-8")

    def run() -> list[BlockResult]:
        blocks = [b for p in sites.collect().pages for b in p.blocks]
        lab.close_terminals()
        return results(lab, *blocks)

    found, refused = changes(run())
    update = prepare(found, sites.root)
    assert (update.count, refused, update.refused) == (2, [], ())
    assert "old" in part.read_text(encoding="utf-8")
    snapshot(update.diff)
    write(update, sites.root)
    assert part.read_text(encoding="utf-8") == "> ```console\n> $ echo 2\n> 2\n> ```\n"
    assert part.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in docs.iterdir() if path.name.startswith(".")) == []
    again = run()
    assert [result.fate for result in again] == [Fate.PASSED, Fate.PASSED]
    assert changes(again) == ([], [])


def test_a_file_that_changed_meanwhile(sites: Sites) -> None:
    """An edit during the run is not lost."""
    docs = sites.write(page="```console\n$ a\n1\n```\n")
    update = prepare([change(2, "a", "1", "2")], sites.root)
    (docs / "page.md").write_text("edited", encoding="utf-8")
    with pytest.raises(DoclabError, match="changed meanwhile"):
        write(update, sites.root)
    assert (docs / "page.md").read_text(encoding="utf-8") == "edited"


def test_two_changes_of_one_file(sites: Sites) -> None:
    """A longer output moves the lines below it."""
    sites.write(page="```console\n$ a\n1\n$ b\n2\n```\n")
    found = [change(2, "a", "1", "1\n1\n1"), change(4, "b", "2", "3")]
    for order in (found, found[::-1]):
        update = prepare(order, sites.root)
        assert (update.count, update.refused) == (2, ())
        assert update.texts[PAGE][1] == "```console\n$ a\n1\n1\n1\n$ b\n3\n```\n"


def json_block(command: str, expected: str) -> Block:
    """Return a block whose output is compared as JSON."""
    return dataclasses.replace(block(command, expected=expected), json=True)


def test_json_that_would_mean_something_else(lab: LocalLab) -> None:
    """A string `...` of the output would stand for anything on the page."""
    found, refused = changes(results(lab, json_block("""echo '["..."]'""", "[1]")))
    assert not found
    assert "the output holds a line `...`" in refused[0]


def test_json_of_two_scenarios(lab: LocalLab) -> None:
    """Another order of keys is the same output."""
    one = results(lab, json_block("""echo '{"a": 2, "b": 1}'""", '{"a": 1}'), name="one")
    other = results(lab, json_block("""echo '{"b": 1, "a": 2}'""", '{"a": 1}'), name="other")
    found, refused = changes(one + other)
    assert [c.new for c in found] == ['{"a": 2, "b": 1}']
    assert not refused


def test_a_value_that_came_before_in_another_scenario(lab: LocalLab) -> None:
    """Each scenario has its own, and new output must have it again there."""
    items = (Placeholder(text="10.0.0.1", kind="ipv4", name="me"),)
    ran = []
    for name, address in (("one", "1.2.3.4"), ("other", "5.6.7.8")):
        lab.close_terminals()
        first = block(f"echo {address}", expected="10.0.0.1", placeholders=items)
        second = block("echo at 1.2.3.4", line=5, expected="from 10.0.0.1", placeholders=items)
        ran += results(lab, first, second, name=name)
    found, refused = changes(ran)
    assert not found
    assert "the output in the scenario other is another than in one" in refused[0]


def test_a_change_knows_whether_its_block_continues(lab: LocalLab) -> None:
    """Else its source would be read in another way."""
    (ran,) = results(lab, block("echo a", expected="b"))
    for continues in (True, False):
        item = dataclasses.replace(ran.block, continues=continues)
        ((found,), _) = changes([dataclasses.replace(ran, block=item)])
        assert found.continues is continues


def test_all_files_or_none(sites: Sites) -> None:
    """An edit of the last one keeps the first as it is."""
    docs = sites.write(page="```console\n$ a\n1\n```\n", zulu="```console\n$ a\n1\n```\n")
    one = change(2, "a", "1", "2")
    other = dataclasses.replace(one, location=Location(path=Path("docs/zulu.md"), line=2))
    update = prepare([one, other], sites.root)
    for edited, whole in (("page", "zulu"), ("zulu", "page")):
        path = docs / f"{edited}.md"
        before = path.read_bytes()
        path.write_text("edited", encoding="utf-8")
        with pytest.raises(DoclabError, match=rf"{edited}\.md: the file changed meanwhile"):
            write(update, sites.root)
        assert "1" in (docs / f"{whole}.md").read_text(encoding="utf-8")
        path.write_bytes(before)


def test_a_page_that_is_a_link(sites: Sites) -> None:
    """It stays one; what it leads to is changed."""
    docs = sites.write(page="")
    there = sites.root / "elsewhere.md"
    there.write_text("```console\n$ a\n1\n```\n", encoding="utf-8")
    (docs / "page.md").unlink()
    (docs / "page.md").symlink_to(there)
    write(prepare([change(2, "a", "1", "2")], sites.root), sites.root)
    assert (docs / "page.md").is_symlink()
    assert there.read_text(encoding="utf-8") == "```console\n$ a\n2\n```\n"
