# SPDX-License-Identifier: Apache-2.0
"""Scenarios run block by block; whatever goes wrong has a fate and a place."""

from __future__ import annotations

import dataclasses
import tracemalloc

import pytest
from conftest import LocalLab, Snapshot, block, scenario

from doclab.model import Block, BlockResult, Command, DoclabError, Fate, Placeholder
from doclab.reports.text import describe_failure
from doclab.run import run_scenario, stopped


def run(lab: LocalLab, *blocks: Block) -> list[BlockResult]:
    """Run blocks; check that the listener hears of each in order."""
    heard: list[BlockResult] = []
    results = run_scenario(scenario(*blocks), lab, listen=heard.append)
    assert heard == results
    return results


def fates(results: list[BlockResult]) -> list[str]:
    """Return the fates in order."""
    return [result.fate.value for result in results]


def test_all_fates(lab: LocalLab) -> None:
    """After a failure the rest is blocked, and a skip keeps its reason."""
    results = run(
        lab,
        block("true", line=1),
        block("no-such", line=5, skip="needs a printer"),
        block("false", line=9),
        block("true", line=13),
    )
    assert fates(results) == ["passed", "skipped", "failed", "blocked"]
    assert results[1].reason == "needs a printer"
    assert results[3].reason == "docs/page.md:10 failed"
    failure = results[2].failure
    assert failure is not None
    assert str(failure.location) == "docs/page.md:10"
    assert failure.journal == "journal of server"


def test_nothing_is_left_to_run(lab: LocalLab) -> None:
    """A lab is brought to the state before the first block, or of a snapshot, as it is."""
    assert run(lab) == []
    only = block("false")
    (known,) = run(lab, only)
    heard: list[BlockResult] = []
    done = [known]
    assert run_scenario(scenario(only), lab, listen=heard.append, result_at_stop=done) == [known]
    assert heard == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("echo active", "inactive"), ("echo inactive", "active"), ("echo a", ""), ("true", "a")],
)
def test_output_that_differs(lab: LocalLab, text: str, expected: str) -> None:
    """What the page shows is what must be printed."""
    (result,) = run(lab, block(text, expected=expected))
    assert result.fate is Fate.FAILED
    assert result.failure is not None
    assert result.failure.expected == expected


def test_output_that_matches(lab: LocalLab) -> None:
    """The same text passes, and script blocks are not compared."""
    assert fates(run(lab, block("echo a", expected="a"), block("echo b"))) == ["passed"] * 2


@pytest.mark.parametrize(
    "text", ["false\ntrue", "true; false; true", "false | cat", "(exit 3)\necho on"]
)
def test_each_command_counts(lab: LocalLab, text: str) -> None:
    """Not only the last one."""
    assert fates(run(lab, block(text))) == ["failed"]


def test_the_line_of_the_command_is_named(lab: LocalLab) -> None:
    """In a block of several lines, the one that failed."""
    (result,) = run(lab, block("true\n# why\nfalse", line=20))
    assert result.failure is not None
    assert str(result.failure.location) == "docs/page.md:23"


def test_a_status_that_is_wanted(lab: LocalLab) -> None:
    """Only the last command has it, and zero is no substitute."""
    assert fates(run(lab, block("(exit 3)", status=3))) == ["passed"]
    assert fates(run(lab, block("true", status=3))) == ["failed"]
    assert fates(run(lab, block("(exit 4)", status=3))) == ["failed"]


@pytest.mark.parametrize("machine", [None, "server"], ids=["no prompt", "prompt"])
def test_a_user_that_is_not_there(machine: str | None, lab: LocalLab, snapshot: Snapshot) -> None:
    """A block is a failure if its terminal belongs to another user than the page shows."""
    command = Command(text="true", line=2, user="somebody", machine=machine)
    (result,) = run(lab, block(user="somebody", commands=(command,)))
    assert result.fate is Fate.FAILED
    snapshot(result.reason.replace(result.user, "USER"))


def test_a_job_that_is_left(lab: LocalLab) -> None:
    """A job in the background fails its block, unless the page says so."""
    (result,) = run(lab, block("sleep 60 &"))
    assert "leaves a job running" in result.reason
    assert fates(run(lab, block("sleep 60 &", page="other", background=True))) == ["passed"]


def test_a_hanging_command(lab: LocalLab) -> None:
    """It fails at its deadline, with what it printed."""
    results = run(lab, block("echo before; cat", deadline=0.5), block("true", line=9))
    assert fates(results) == ["failed", "blocked"]
    assert "did not end within 0.5 s" in results[0].reason
    assert results[0].output == "before\n"


def test_a_shell_that_is_ended(lab: LocalLab) -> None:
    """The message says what happened."""
    (result,) = run(lab, block("exit"))
    assert "ended the shell" in result.reason


def test_an_incomplete_command(lab: LocalLab) -> None:
    """An open quotation is no hang."""
    (result,) = run(lab, block("echo 'a"))
    assert "not complete" in result.reason


def test_values_come_back(lab: LocalLab) -> None:
    """A named value holds for the whole scenario."""
    varies = (Placeholder(text="10.0.0.1", kind="ipv4", name="me"),)
    first = block("echo 192.0.2.1", expected="10.0.0.1", placeholders=varies)
    same = dataclasses.replace(first, page="other")
    other = block("echo 192.0.2.2", expected="10.0.0.1", placeholders=varies)
    assert fates(run(lab, first, same)) == ["passed", "passed"]
    assert fates(run(lab, first, other)) == ["passed", "failed"]


def test_state_lasts_for_a_page(lab: LocalLab) -> None:
    """Blocks of a page share a terminal, and the next page has a new one."""
    results = run(
        lab,
        block("x=1", page="a"),
        block('echo "[$x]"', page="a", expected="[1]"),
        block('echo "[$x]"', page="b", expected="[]"),
    )
    assert fates(results) == ["passed"] * 3
    assert lab.logins == ["server", "server"]


def test_each_machine_has_a_terminal(lab: LocalLab) -> None:
    """A block on another machine does not disturb the first."""
    results = run(
        lab,
        block("x=1"),
        block("x=2", machine="laptop"),
        block('echo "$x"', expected="1"),
    )
    assert fates(results) == ["passed"] * 3
    assert lab.logins == ["server", "laptop"]


def test_several_commands_of_a_block(lab: LocalLab) -> None:
    """Each is compared with its own output."""
    commands = (
        Command(text="echo a", line=2, expected="a"),
        Command(text="echo b", line=4, expected="c"),
    )
    (result,) = run(lab, block(commands=commands))
    assert result.failure is not None
    assert result.failure.location.line == 4


def test_stopped(lab: LocalLab) -> None:
    """Blocks that were not reached are blocked, with the reason."""
    blocks = (block("true"), block("true", line=9))
    done = run(lab, blocks[0])
    (rest,) = stopped(scenario(*blocks), done, "the run was interrupted")
    assert (rest.fate, rest.reason) == (Fate.BLOCKED, "the run was interrupted")


def test_long_output_is_shortened(lab: LocalLab) -> None:
    """The ledger stays small, and has the last line."""
    (result,) = run(lab, block("seq 100000"))
    assert result.fate is Fate.PASSED
    assert len(result.output) < 21_000
    assert result.output.endswith("100000\n")


def test_failure_text(lab: LocalLab, snapshot: Snapshot) -> None:
    """What a person reads when a block fails."""
    (result,) = run(lab, block("echo inactive", expected="active", line=7))
    snapshot(describe_failure(dataclasses.replace(result, user="test")))


def test_who_typed_what_failed(lab: LocalLab) -> None:
    """A block may begin as one user and go on as another, whose command it was."""
    (result,) = run(lab, block("echo inactive", expected="active", line=7))
    command = dataclasses.replace(result.block.commands[0], user="test")
    later = dataclasses.replace(command, line=command.line + 1, user="root")
    two = dataclasses.replace(result.block, commands=(command, later))
    mixed = dataclasses.replace(result, block=two, user="admin")
    assert "where     test@server" in describe_failure(mixed)


def test_a_job_of_an_earlier_block(lab: LocalLab) -> None:
    """A job that one block may leave is no fault of the next."""
    results = run(lab, block("sleep 60 &", background=True), block("echo on", line=9))
    assert fates(results) == ["passed", "passed"]


def test_a_status_at_the_end_of_a_script(lab: LocalLab) -> None:
    """Only the last line of a script has the status that is wanted."""
    assert fates(run(lab, block("true\n(exit 3)", status=3))) == ["passed"]
    assert fates(run(lab, block("(exit 3)\n(exit 3)", status=3))) == ["failed"]


def test_a_block_that_prints_over_lines(lab: LocalLab) -> None:
    """All that a session's command prints is compared, also over several lines."""
    text = "for i in 1 2\ndo\n  echo $i\ndone"
    assert fates(run(lab, block(text, expected="1\n2"))) == ["passed"]


def test_many_commands_that_print_much(lab: LocalLab) -> None:
    """Memory does not grow with the output of a block, and its last line is there."""
    one = "head -c 1000000 /dev/zero | tr '\\0' x; echo"
    tracemalloc.start()
    try:
        (result,) = run(lab, block("\n".join([one] * 20) + "\necho the end"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert result.output.endswith("the end\n")
    assert peak < 8_000_000


def test_json(lab: LocalLab) -> None:
    """Output is compared by shape where the page asks for it."""
    one = block("""echo '{"b": 1, "a": 2}'""", expected='{"a": 2,\n"b": 1}')
    assert fates(run(lab, dataclasses.replace(one, json=True))) == ["passed"]
    assert fates(run(lab, one)) == ["failed"]
    (result,) = run(lab, dataclasses.replace(one, json=True, text="", commands=(
        dataclasses.replace(one.commands[0], expected='{"a": 2, "b": 3}'),)))  # fmt: skip
    assert result.reason == "$.b: 3 is expected, and it is 1."


def test_a_fault_of_the_lab(lab: LocalLab, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told from what the page says: a mutant is not found out by it."""

    def terminal(*_arguments: object) -> None:
        raise DoclabError("there is no shell on server.")

    assert [found.failure.of_lab for found in run(lab, block("false")) if found.failure] == [False]
    monkeypatch.setattr(lab, "terminal", terminal)
    assert [found.failure.of_lab for found in run(lab, block("true")) if found.failure] == [True]
