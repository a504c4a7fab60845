# SPDX-License-Identifier: Apache-2.0
"""Blocks wait, answer, are interrupted and run on, as at a keyboard."""

from __future__ import annotations

import dataclasses
import re
import time
from typing import Any

import pytest
from conftest import INTEGRATION, LocalLab, Snapshot, block, scenario

from doclab.commands import parse
from doclab.model import Answer, Block, BlockResult, Failure, Fate, Placeholder
from doclab.run import run_scenario


def session(text: str, *, line: int = 1, page: str = "page", **fields: Any) -> Block:
    """Return a session with these fields."""
    made = block(page=page, line=line)
    commands = parse(
        text,
        language="console",
        first=dataclasses.replace(made.location, line=line + 1),
        continues=bool(fields.get("continues")),
    )
    return dataclasses.replace(made, text=text, commands=commands, **fields)


def run(lab: LocalLab, *blocks: Block, **options: Any) -> list[BlockResult]:
    """Run blocks in a scenario."""
    return run_scenario(scenario(*blocks), lab, listen=lambda _result: None, **options)


def passes(lab: LocalLab, *blocks: Block) -> list[BlockResult]:
    """Run blocks that must pass."""
    results = run(lab, *blocks)
    assert [result.reason for result in results] == [""] * len(blocks)
    return results


def fails(lab: LocalLab, *blocks: Block, **options: Any) -> Failure:
    """Run blocks of which the last must fail."""
    *before, last = run(lab, *blocks, **options)
    assert [result.reason for result in before] == [""] * len(before)
    assert last.failure is not None
    return last.failure


FOLLOW = "$ bash -c 'echo one; echo two; echo three; exec sleep 60'\n"
LATER = 'f=~/ready; until test -e "$f"; do sleep 0.05; done 2> /dev/null; echo later'


class TestWait:
    """A command is repeated until it is right."""

    COUNT = "$ echo x >> tries; test $(wc --lines < tries) -ge 3 && wc --lines < tries\n"

    def test_until_right(self, lab: LocalLab) -> None:
        """Only the last try counts, in status and output."""
        (result,) = passes(lab, session(f"{self.COUNT}3\n", wait=20.0))
        assert result.output == "3\n"
        assert len(result.commands) == 1

    def test_several_times_in_a_row(self, lab: LocalLab) -> None:
        """Being right once is not enough."""
        (result,) = passes(lab, session("$ echo x | tee --append n\nx\n", wait=20.0, steady=3))
        assert result.output == "x\n"
        assert (lab.home / "server" / "n").read_text() == "x\n" * 3

    def test_a_relapse_starts_the_count_again(self, lab: LocalLab) -> None:
        """Right, wrong, right, right: that is four tries for two in a row."""
        text = "$ echo x >> n; test $(wc --lines < n) -ne 2\n"
        passes(lab, session(text, wait=20.0, steady=2))
        assert (lab.home / "server" / "n").read_text() == "x\n" * 4

    def test_a_wanted_status(self, lab: LocalLab) -> None:
        """A status may be waited for too."""
        text = "$ echo x >> n; test $(wc --lines < n) -lt 3\n"
        passes(lab, session(text, wait=20.0, status=1))

    def test_never_right(self, lab: LocalLab) -> None:
        """The failure shows the last try, and how many there were."""
        failure = fails(lab, session("$ echo x >> n; wc --lines < n\nx\n", wait=2.0))
        count = len((lab.home / "server" / "n").read_text().split())
        assert count > 1
        assert failure.actual == str(count)
        assert failure.expected == "x"
        assert re.search(rf"It was typed {count} times in [0-9.]+ s", failure.problem)
        assert "(`:wait: 2`)" in failure.problem

    def test_never_steady(self, lab: LocalLab) -> None:
        """The failure says how often it was right."""
        failure = fails(lab, session("$ echo x\nx\n", wait=0.3, steady=100))
        assert re.match(r"it was right \d+ times in a row at the end, not 100", failure.problem)

    def test_a_try_that_hangs(self, lab: LocalLab) -> None:
        """It is interrupted at its deadline, and typed again."""
        text = "$ test -e n || { touch n; sleep 60; }\n"
        started = time.monotonic()
        passes(lab, session(text, wait=20.0, deadline=0.5))
        assert time.monotonic() - started < 10

    def test_a_shell_that_ends_is_not_tried_again(self, lab: LocalLab) -> None:
        """There is no terminal for it."""
        failure = fails(lab, session("$ exit 1\n", wait=20.0))
        assert "ended the shell" in failure.problem
        assert lab.logins == ["server"]

    def test_values_are_those_of_the_last_try(self, lab: LocalLab) -> None:
        """A try that fails gives none."""
        varies = (Placeholder(text="7", kind="number", name="n"),)
        text = "$ echo x >> n; wc --lines < n; test $(wc --lines < n) -ge 3\n7\n"
        passes(
            lab,
            session(text, wait=20.0, placeholders=varies),
            session("$ echo 3\n7\n", placeholders=varies),
        )


class TestDeadline:
    """A scenario has a limit too."""

    def test_the_block_that_runs_fails(self, lab: LocalLab) -> None:
        """It says which limit, and shows what was printed before."""
        failure = fails(lab, session("$ echo a; sleep 60\n"), deadline=1.0)
        assert failure.problem == (
            "it had not ended when the scenario had taken 1 s, its limit (`doclab_deadline`"
            " in conf.py). The last that it showed is 'a'."
        )
        assert failure.actual == "a"

    def test_a_block_that_waits(self, lab: LocalLab) -> None:
        """Waiting ends with the scenario."""
        started = time.monotonic()
        fails(lab, session("$ false\n", wait=60.0), deadline=1.0)
        assert time.monotonic() - started < 10

    def test_a_block_that_comes_too_late(self, lab: LocalLab) -> None:
        """It is not started."""
        results = run(lab, session("$ touch x\n"), deadline=0.0)
        assert "before it came to this block" in results[0].reason
        assert not (lab.home / "server").exists()

    def test_a_command(self, lab: LocalLab, snapshot: Snapshot) -> None:
        """What it last showed may be the question that nobody answered."""
        failure = fails(lab, session("$ echo a; read -p 'Go on? [Y/n] ' x\n", deadline=0.5))
        snapshot(f"{failure.problem}\n--\n{failure.actual}")


class TestTerminals:
    """A page may use several terminals of a machine."""

    def test_each_has_a_state_of_its_own(self, lab: LocalLab) -> None:
        """They do not share variables, and a page starts with new ones."""
        passes(
            lab,
            session("$ x=1\n"),
            session('$ echo "[$x]"\n[]\n', terminal="second"),
            session('$ echo "[$x]"\n[1]\n'),
            session('$ echo "[$x]"\n[]\n', page="other", terminal="second"),
        )
        assert lab.logins == ["server"] * 3

    def test_one_fails(self, lab: LocalLab) -> None:
        """Only that one is closed."""
        run(lab, session("$ true\n"), session("$ exit\n", terminal="b"))
        assert len(list(lab.terminals())) == 1
        lab.terminal("server", "c")
        lab.terminal("laptop")
        lab.close_terminal("server")
        assert [machine for machine, *_ in lab.terminals()] == ["laptop"]


class TestRestart:
    """A machine that goes down may end the command first, and then its shell."""

    @pytest.mark.parametrize("text", ["$ (exit 143)\n", "$ (exit 143) | true\n"])
    def test_terminated(self, lab: LocalLab, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
        """What counts is that the machine comes back."""
        monkeypatch.setattr(lab, "started_at", lambda _machine: "then")
        monkeypatch.setattr(lab, "wait_for_restart", lambda *_: True)
        passes(lab, session(text, restart=True))
        assert "exit status is 143" in fails(lab, session("$ (exit 143)\n")).problem
        two = fails(lab, session("$ (exit 143)\n$ true\n", restart=True))
        assert "exit status is 143" in two.problem
        monkeypatch.setattr(lab, "wait_for_restart", lambda *_: False)
        assert "did not restart" in fails(lab, session(text, restart=True)).problem

    @pytest.mark.parametrize("rest", ["\n$ false\n", "\n> false\n"])
    def test_what_comes_after_it_is_typed(
        self, lab: LocalLab, monkeypatch: pytest.MonkeyPatch, rest: str
    ) -> None:
        """A shell that ends before the last line leaves lines that nobody has tried."""
        monkeypatch.setattr(lab, "started_at", lambda _machine: "then")
        monkeypatch.setattr(lab, "wait_for_restart", lambda *_: True)
        failure = fails(lab, session(f"$ exit{rest}", restart=True))
        assert "it ended the shell in which it ran" in failure.problem


class TestInterrupt:
    """`^C` at the end of an output presses Ctrl-C."""

    def test_a_command_that_never_ends(self, lab: LocalLab) -> None:
        """It ends, and the terminal goes on."""
        (result, _) = passes(
            lab, session("$ echo a; sleep 1000\na\n^C\n"), session("$ echo on\non\n")
        )
        assert result.commands[0].status == "130"

    def test_nothing_to_see(self, lab: LocalLab) -> None:
        """A command that prints nothing is interrupted while it runs."""
        passes(lab, session("$ sleep 1000\n^C\n$ echo on\non\n"))

    def test_what_comes_later_is_waited_for(self, lab: LocalLab) -> None:
        """Also after lines that a page does not show."""
        text = "$ bash -c 'for i in 1 2 3 4; do sleep 0.2; echo $i; done; sleep 60'\n"
        passes(lab, session(f"{text}...\n3\n^C\n"), session(f"{text}1\n...\n^C\n"))

    def test_a_log_that_is_followed(self, lab: LocalLab) -> None:
        """As `tail --follow` and `journalctl --follow` do."""
        passes(
            lab,
            session("$ echo a > log\n"),
            session("$ tail --follow log\na\n^C\n"),
            session("$ tail --follow log | grep --line-buffered a\na\n^C\n"),
        )

    def test_a_program_that_handles_it(self, lab: LocalLab) -> None:
        """It may end cleanly, and print something at the end."""
        text = "$ bash -c 'trap \"echo bye; exit 0\" INT; echo on; while :; do sleep 0.1; done'\n"
        passes(lab, session(f"{text}on\n^C\n"), session("$ echo a\na\n"))

    def test_another_status(self, lab: LocalLab) -> None:
        """`:status:` says which one is right."""
        text = "$ bash -c 'trap \"exit {}\" INT; echo on; while :; do sleep 0.1; done'\non\n^C\n"
        passes(lab, session(text.format(3), status=3))
        assert "its exit status is 4, not 0" in fails(lab, session(text.format(4))).problem
        assert (
            "its exit status is 4, not 3" in fails(lab, session(text.format(4), status=3)).problem
        )
        assert "130, not 3" in fails(lab, session("$ sleep 60\n^C\n", status=3)).problem

    @pytest.mark.parametrize("text", ["echo a", "echo a; sleep 0.1", "echo a; (exit 130)"])
    def test_a_command_that_ends_by_itself(self, lab: LocalLab, text: str) -> None:
        """There is nothing to interrupt."""
        failure = fails(lab, session(f"$ {text}\na\n^C\n"))
        assert "it ended by itself, with status" in failure.problem

    @pytest.mark.parametrize("text", ["echo a", "echo a; (exit 130)"])
    def test_one_that_ends_by_itself_in_the_middle(self, lab: LocalLab, text: str) -> None:
        """`^C` is true of each command, not of a block's last one only."""
        failure = fails(lab, session(f"$ {text}\na\n^C\n$ echo b\nb\n"))
        assert "it ended by itself, with status" in failure.problem

    def test_in_the_middle(self, lab: LocalLab) -> None:
        """The commands after it are typed when it has ended."""
        passes(lab, session("$ echo a; sleep 60\na\n^C\n$ echo b\nb\n"))

    def test_a_command_that_is_not_there(self, lab: LocalLab) -> None:
        """It is not taken for one that was interrupted."""
        failure = fails(lab, session("$ no-such-command 2> /dev/null\n^C\n"))
        assert "it ended by itself, with status 127" in failure.problem

    def test_what_never_comes(self, lab: LocalLab, snapshot: Snapshot) -> None:
        """The failure shows both."""
        failure = fails(lab, session("$ echo b; sleep 60\na\n^C\n", deadline=0.7))
        snapshot(f"{failure.problem}\n--\n{failure.expected}\n--\n{failure.actual}")

    def test_a_command_that_stays(self, lab: LocalLab) -> None:
        """The prompt must come back."""
        text = "$ bash -c 'trap \"\" INT; echo a; sleep 60'\na\n^C\n"
        assert "Ctrl-C did not end" in fails(lab, session(text, deadline=1.0)).problem

    def test_values_are_captured(self, lab: LocalLab) -> None:
        """Placeholders work as in any output."""
        varies = (Placeholder(text="7", kind="number", name="n"),)
        passes(
            lab,
            session("$ echo 42; sleep 60\n7\n^C\n", placeholders=varies),
            session("$ echo 42\n7\n", placeholders=varies),
        )

    def test_a_line_without_an_end(self, lab: LocalLab) -> None:
        """What a program shows while it waits counts when nothing follows."""
        passes(lab, session("$ printf 'name: '; sleep 60\nname:\n^C\n"))
        failure = fails(
            lab, session("$ printf a; sleep 0.1; printf b; sleep 60\na\n^C\n", deadline=1.0)
        )
        assert failure.actual == "ab"

    def test_at_a_prompt_of_a_nested_shell(self, lab: LocalLab) -> None:
        """Ctrl-C does not leave the shell that a page opened."""
        passes(lab, session(f"$ echo . {INTEGRATION} > ~/.bashrc\n"))
        inner = session("$ sleep 60\n^C\n$ echo $((SHLVL > 1))\n1\n")
        passes(lab, session("$ bash\n"), inner)


class TestPasted:
    """A reader pastes the whole block, and Bash takes that as one input."""

    @pytest.fixture
    def nested(self, lab: LocalLab) -> LocalLab:
        """Return a lab whose shells may have shells in them."""
        passes(lab, session(f"$ echo . {INTEGRATION} > ~/.bashrc\n"))
        return lab

    @pytest.mark.parametrize("opens", ["bash", "echo a; bash"])
    def test_nothing_follows_a_new_shell(self, nested: LocalLab, opens: str) -> None:
        """It would be for the shell where the block was pasted."""
        failure = fails(nested, session(f"$ {opens}\n$ echo b\nb\n"))
        assert "Put what follows into a block of its own" in failure.problem
        assert failure.location.line == 2

    def test_nothing_follows_the_end_of_a_shell(self, nested: LocalLab) -> None:
        """It would be lost with the shell."""
        failure = fails(nested, session("$ bash\n"), session("$ exit\n$ echo b\nb\n"))
        assert "opens or ends a shell" in failure.problem

    @pytest.mark.parametrize(("text", "good"), [("bash\n# well", True), ("bash\necho b", False)])
    def test_a_block_without_prompts(self, nested: LocalLab, text: str, good: bool) -> None:
        """It is one command of many lines, of which the same holds."""
        made = block(text=text)
        if good:
            passes(nested, made)
        else:
            assert "opens or ends a shell" in fails(nested, made).problem


class TestRunning:
    """A command may go on after its block."""

    def test_it_is_continued(self, lab: LocalLab) -> None:
        """Each block takes what it shows, and the rest is left for the next."""
        results = passes(
            lab,
            session(f"{FOLLOW}one\n", running=True),
            session("two\n", continues=True, running=True),
            session("$ echo x\nx\n", terminal="second"),
            session("three\n^C\n$ echo on\non\n", continues=True),
        )
        assert [result.output for result in results] == ["one\n", "two\n", "x\n", "three\non\n"]

    def test_what_is_printed_later(self, lab: LocalLab) -> None:
        """What another terminal causes is waited for."""
        passes(
            lab,
            session(f"$ {LATER}; sleep 60\n", running=True),
            session("$ touch ~/ready\n", terminal="second"),
            session("later\n^C\n", continues=True),
        )

    def test_it_ends_by_itself(self, lab: LocalLab) -> None:
        """Then the continuation is all that it prints, and its status counts."""
        start = session(f"$ {LATER}; (exit 3)\n", running=True)
        touch = session("$ touch ~/ready\n", terminal="second")
        passes(lab, start, touch, session("later\n", continues=True, status=3))

    def test_only_ctrl_c(self, lab: LocalLab) -> None:
        """A continuation may be nothing but the end."""
        passes(
            lab,
            session(f"{FOLLOW}one\n", running=True),
            session("^C\n", continues=True),
        )

    def test_a_busy_terminal(self, lab: LocalLab, snapshot: Snapshot) -> None:
        """A block that types into it fails."""
        failure = fails(lab, session("$ sleep 60\n", running=True), session("$ true\n", line=9))
        snapshot(f"{failure.location}: {failure.problem}")

    def test_nothing_to_continue(self, lab: LocalLab, snapshot: Snapshot) -> None:
        """A continuation needs a command that runs."""
        failure = fails(lab, session("$ true\n"), session("a\n", continues=True, line=9))
        snapshot(f"{failure.location}: {failure.problem}")

    def test_another_terminal_is_meant(self, lab: LocalLab, snapshot: Snapshot) -> None:
        """Where something runs is said."""
        failure = fails(
            lab,
            session("$ echo a; sleep 60\na\n", running=True, terminal="second"),
            session("^C\n", continues=True, line=9),
        )
        snapshot(f"{failure.location}: {failure.problem}")

    @pytest.mark.parametrize("after", [(), (session("$ true\n", page="other"),)])
    def test_left_at_the_end_of_a_page(
        self, lab: LocalLab, snapshot: Snapshot, after: tuple[Block, ...]
    ) -> None:
        """The last block of the page fails."""
        results = run(
            lab,
            session("$ sleep 60\n", running=True),
            session("$ true\n", terminal="b", line=9),
            session("$ true\n", skip="why not", line=13),
            *after,
        )
        assert [result.fate for result in results[:2]] == [Fate.PASSED, Fate.FAILED]
        if not after:
            snapshot(results[1].reason)

    def test_left_at_the_end_of_a_scenario_that_is_cut(self, lab: LocalLab) -> None:
        """Whoever runs up to a line does not come to the end of the page."""
        made = scenario(session("$ sleep 60\n", running=True))
        for cut, fate in ((True, Fate.PASSED), (False, Fate.FAILED)):
            lab.close_terminals()
            (result,) = run_scenario(
                dataclasses.replace(made, cut=cut), lab, listen=lambda _result: None
            )
            assert result.fate is fate

    def test_a_command_that_ends(self, lab: LocalLab) -> None:
        """It does not run on, as the page says."""
        failure = fails(lab, session("$ echo a\na\n", running=True))
        assert "`:running:`" in failure.problem


class TestAnswers:
    """A command that asks gets an answer."""

    ASK = "read -p 'Go on? [Y/n] ' a; read -p 'Name: ' b; echo $a $b"

    def test_answers(self, lab: LocalLab) -> None:
        """The page shows them as a screen does."""
        answers = (Answer(question="[Y/n]", text="y"), Answer(question="Name:", text="me"))
        text = f"$ {self.ASK}\nGo on? [Y/n] y\nName: me\ny me\n"
        passes(lab, session(text, answers=answers))

    def test_a_secret(self, lab: LocalLab) -> None:
        """It is not shown, and is not given again before the question comes back."""
        answers = tuple(
            Answer(question="Password: ", text=text, shown=False) for text in ("a b", "c")
        )
        text = "$ for i in 1 2; do read -sp 'Password: ' p; echo; echo ${#p}; done\n"
        (result,) = passes(lab, session(f"{text}Password:\n3\nPassword:\n1\n", answers=answers))
        assert "a b" not in result.output

    def test_a_secret_is_typed_once(self, lab: LocalLab) -> None:
        """However long the question stays on the screen."""
        answers = tuple(Answer(question=":", text=text, shown=False) for text in "ab")
        command = "read -sp 'Password: ' p; sleep 0.3; read -t 0 && echo twice; echo; "
        text = f"$ {command * 2}true\nPassword:\nPassword:\n"
        passes(lab, session(text, answers=answers))

    def test_the_same_question_twice(self, lab: LocalLab) -> None:
        """The answers come in their order, over several commands."""
        answers = (Answer(question="?", text="a"), Answer(question="?", text="b"))
        command = "$ read -p '? ' x; echo $x\n? {0}\n{0}\n"
        passes(lab, session(command.format("a") + command.format("b"), answers=answers))

    def test_a_line_that_only_looks_like_a_question(self, lab: LocalLab) -> None:
        """Its end has come: nobody waits for an answer there."""
        text = (
            "$ echo Name:; sleep 0.6; read -n 1 -t 0.1 -s early || true;"
            " read -p 'Name: ' x; echo $early$x"
        )
        answers = (Answer(question="Name:", text="me"),)
        passes(lab, session(f"{text}\nName:\nName: me\nme\n", answers=answers))

    def test_one_that_is_never_asked_for(self, lab: LocalLab, snapshot: Snapshot) -> None:
        """It is a mistake of the page."""
        failure = fails(lab, session("$ true\n", answers=(Answer(question="Sure?", text="y"),)))
        snapshot(failure.problem)

    def test_another_question(self, lab: LocalLab) -> None:
        """An answer to one question is not given to another."""
        answers = (Answer(question="Sure?", text="y"),)
        failure = fails(lab, session(f"$ {self.ASK}\n", answers=answers, deadline=0.5))
        assert "'Go on? [Y/n]" in failure.problem

    def test_a_script(self, lab: LocalLab) -> None:
        """Its output is not compared, and it may ask all the same."""
        made = dataclasses.replace(
            block("read -p 'Name: ' x\ntest $x = me"), answers=(Answer(question=":", text="me"),)
        )
        passes(lab, made)

    def test_every_try_has_them(self, lab: LocalLab) -> None:
        """A command that is repeated asks again."""
        text = "$ read -p '? ' x; echo $x >> n; test $(wc --lines < n) -ge 2\n? a\n"
        answers = (Answer(question="?", text="a"),)
        passes(lab, session(text, answers=answers, wait=20.0))


class TestJobs:
    """A job in the background does not spoil what others print."""

    def test_its_end_is_not_compared(self, lab: LocalLab) -> None:
        """The shell says it at a time that nobody can foresee."""
        passes(
            lab,
            session("$ sleep 0.2 &\n[1] 77\n", background=True,
                    placeholders=(Placeholder(text="77", kind="number"),)),
            session("$ sleep 0.5\n"),
            session("$ echo a\na\n"),
        )  # fmt: skip

    def test_a_shell_between_does_not_hide_that_it_was_allowed(self, lab: LocalLab) -> None:
        """The first shell still has it, and one more is one too many."""
        passes(lab, session(f"$ echo . {INTEGRATION} > ~/.bashrc\n"))
        start = dataclasses.replace(block("sleep 9 &"), background=True)
        passes(lab, start, session("$ bash\n"), session("$ exit\nexit\n"), session("$ kill %1\n"))
        failure = fails(lab, start, session("$ bash\n"), block("sleep 8 &"))
        assert "leaves a job" in failure.problem

    def test_its_end_is_compared_where_it_is_shown(self, lab: LocalLab) -> None:
        """A page may show it."""
        start = session("$ sleep 0.3 &\n[1] 77\n", background=True,
                        placeholders=(Placeholder(text="77", kind="number"),))  # fmt: skip
        passes(lab, start, session("$ wait\n[1]+  Done                    sleep 0.3\n"))
        assert "not what" in fails(lab, session("$ true\n[1]+  Done   sleep\n")).problem

    def test_what_it_prints_between_blocks(self, lab: LocalLab) -> None:
        """It belongs to no command."""
        start = dataclasses.replace(block("(sleep 0.2; echo late) &"), background=True)
        begun: list[Block] = []

        def begin(found: Block) -> None:
            if begun:
                time.sleep(0.6)
            begun.append(found)

        results = run(lab, start, session("$ echo a\na\n"), begin=begin)
        assert [result.reason for result in results] == ["", ""]

    def test_what_it_prints_into_another_output(self, lab: LocalLab) -> None:
        """The failure says where it may come from."""
        start = dataclasses.replace(block("(sleep 0.3; echo late) &"), background=True)
        failure = fails(lab, start, session("$ sleep 0.8\n"))
        assert "A job of an earlier block was running" in failure.problem
        assert failure.actual == "late"
