# SPDX-License-Identifier: Apache-2.0
"""What a page does to its shell does not keep the shell from telling how commands end."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import INTEGRATION, PATIENCE, LocalLab, block
from test_turn import fails, passes, session

from doclab.model import Block, Command


@pytest.mark.parametrize("separator", [",", ":", "", "1"])
def test_a_page_that_changes_how_words_are_split(lab: LocalLab, separator: str) -> None:
    """Statuses are told apart all the same."""
    failure = fails(
        lab,
        session(f"$ IFS='{separator}'\n"),
        session("$ echo a | cat\na\n"),
        session("$ true | (exit 3) | true\n", status=3),
        session("$ false | true; true\n"),
    )
    assert failure.status == "1 | 0"


@pytest.mark.parametrize("kind", ["D", "E"])
def test_a_report_that_cannot_be_read(lab: LocalLab, kind: str) -> None:
    """It fails the block, and not the run."""
    report = rf"printf '\e]133;{kind};%s;one;two\a' $__doclab_nonce"
    failure = fails(lab, session("$ echo a\na\n"), session(f"$ {report}\n"))
    assert "cannot be read" in failure.problem
    passes(lab, session("$ echo on\non\n"))


@pytest.fixture
def nested(lab: LocalLab) -> LocalLab:
    """Return a lab in which a shell that is started has the integration too."""
    home = lab.home / "server"
    home.mkdir()
    for name in (".bashrc", ".bash_profile"):
        (home / name).write_text(f". {INTEGRATION}\n")
    return lab


def test_a_part_that_fails_before_a_shell_is_left(nested: LocalLab) -> None:
    """It counts as elsewhere, however the shell ends."""
    failure = fails(
        nested,
        session("$ bash\n"),
        session("$ cp nowhere x 2> cp.err; echo done; exit\ndone\nexit\n"),
    )
    assert "`cp nowhere x 2> cp.err` had the exit status 1" in failure.problem


def test_what_a_shell_does_at_logout(nested: LocalLab) -> None:
    """It is not the page's business."""
    logout: Path = nested.home / "server" / ".bash_logout"
    logout.write_text("f() { false; true; }\nfalse\nf\ntrue\n")
    passes(nested, session("$ bash --login\n"), session("$ exit\nlogout\n"))


@pytest.mark.parametrize(
    ("command", "part"),
    [
        ("cp nowhere x 2> cp.err; systemctl-not-there 2> err; (exit 3)", "cp nowhere x 2> cp.err"),
        ("(exit 3); no-such-thing 2> err; (exit 3)", "no-such-thing 2> err"),
        ("f() { (exit 4); return 3; }; f", "( exit 4 )"),
        ("(exit 3) | (exit 4) | (exit 3)", "( exit 3 )"),
    ],
)
def test_a_part_with_another_status_than_the_wanted_one(
    lab: LocalLab, command: str, part: str
) -> None:
    """A status that the page names excuses no other."""
    failure = fails(lab, session(f"$ {command}\n", status=3))
    assert f"`{part}` had the exit status" in failure.problem


@pytest.mark.parametrize(
    "command",
    [
        "(exit 3)",
        "f() { return 3; }; f",
        "test -e nowhere || (exit 3)",
        "((exit 3); exit 3)",
        "yes | (exit 3)",
        "(exit 3) | cat",
        "x=$(exit 3)",
        "for i in 1 2; do (exit 3); done",
        "bash -c 'false; exit 3'",
    ],
)
def test_parts_with_the_wanted_status(lab: LocalLab, command: str) -> None:
    """Each may be why the whole ends with it."""
    passes(lab, session(f"$ {command}\n", status=3))


def test_a_long_command_that_fails_in_the_middle(lab: LocalLab) -> None:
    """The report on it is not taken for output."""
    text = "\n".join("x" * 90 for _ in range(200))
    failure = fails(lab, block(f"grep y <<'E'; true\n{text}\nE"))
    assert "had the exit status 1" in failure.problem


def script(*lines: str, **fields: Any) -> Block:
    """Return a block of commands whose output is not compared."""
    commands = tuple(Command(text=text, line=2 + number) for number, text in enumerate(lines))
    return dataclasses.replace(block(commands=commands), **fields)


class TestJobs:
    """What runs in the background is told from what the page types."""

    def test_a_job_that_is_ending(self, lab: LocalLab) -> None:
        """A block that ends its job is right, however long the job takes to end."""
        slow = (
            "bash -c 'trap \"sleep 0.4; exit\" TERM; echo > ready; while :; do sleep 0.1; done' &"
        )
        for _ in range(20):
            passes(lab, script("sleep 100 &", "kill %1"))
        passes(lab, script(slow, "until test -e ready; do sleep 0.1; done; kill %1"))

    def test_a_job_that_is_left(self, lab: LocalLab) -> None:
        """It fails its block, and only in the end."""
        failure = fails(lab, script("sleep 100 &", "kill -0 %1"))
        assert "leaves a job running" in failure.problem

    def test_a_part_of_a_job_that_fails(self, lab: LocalLab) -> None:
        """It is no part of the command that runs meanwhile."""
        passes(
            lab,
            script("(sleep 0.3; false; true) &", background=True),
            session("$ sleep 0.6; echo a\na\n"),
            script("(sleep 0.3; (false); x=$(false; echo); false | true; true) &", background=True),
            session("$ sleep 0.6; echo b\nb\n"),
        )

    @pytest.mark.parametrize(
        "command",
        [
            "(false; true)",
            "{ false; true; } | cat",
            "cat /dev/null | { false; true; }",
            "x=$(false; echo)",
            "sleep 0.1; (sleep 0.1; (false; true); true)",
            "set +m; (false; true)",
        ],
    )
    def test_a_part_in_a_process_of_its_own(self, lab: LocalLab, command: str) -> None:
        """It counts if it is not in the background, also beside a job."""
        script_of_a_job = script("sleep 60 &", background=True)
        failure = fails(lab, script_of_a_job, session(f"$ {command}\n"))
        assert "a part of it failed: what ends with `false`" in failure.problem

    def test_the_end_of_a_job_before_ctrl_c(self, lab: LocalLab) -> None:
        """What the shell says of it is no line of the command."""
        passes(
            lab,
            script("sleep 0.2 &", background=True),
            session("$ sleep 0.5; echo a; echo b; sleep 60\na\nb\n^C\n", deadline=5.0),
            script("sleep 0.2 &", background=True),
            session("$ sleep 0.5; echo a; echo b; sleep 60\na\n", running=True, deadline=5.0),
            session("b\n^C\n", continues=True, deadline=5.0),
        )


class TestHistory:
    """An exclamation mark means what it means at a keyboard."""

    @pytest.mark.parametrize(
        "text",
        [
            'echo "pass!word"',
            "echo pass!word",
            '{ echo a\necho "pass!word"\necho b\n}',
            'echo "a\npass!word\nb"',
            'echo "pass!word\nb"',
        ],
    )
    def test_an_event_that_is_not_found(self, lab: LocalLab, text: str) -> None:
        """The page is red at once, and says why."""
        began = time.monotonic()
        failure = fails(lab, script(text, deadline=60.0))
        assert "takes `!word` for an event of its history (event not found)" in failure.problem
        assert failure.actual is not None
        assert "bash: !word: event not found" in failure.actual
        assert time.monotonic() - began < 20

    def test_a_page_that_shows_it(self, lab: LocalLab) -> None:
        """It is right, and the terminal goes on."""
        text = '$ echo "pass!word"\nbash: !word: event not found\n$ echo on\non\n'
        passes(lab, session(text))

    @pytest.mark.parametrize(
        ("text", "output"),
        [
            ("! test -e x", ""),
            ('echo "Hello!"', "Hello!"),
            ("echo 'pass!word'", "pass!word"),
            ("echo pass\\!word", "pass!word"),
            ("cat <<E\n> #!/bin/sh\n> a!b\n> E", "#!/bin/sh\na!b"),
            ("bash -c 'echo \"a!b\"'", "a!b"),
            ("set +H; echo on", "on"),
            ("[[ a != b ]]", ""),
            ("echo a # wow!x", "a"),
        ],
    )
    def test_other_exclamation_marks(self, lab: LocalLab, text: str, output: str) -> None:
        """They are no events."""
        passes(lab, session(f"$ {text}\n{output}\n"))

    def test_in_a_nested_shell(self, nested: LocalLab) -> None:
        """As in the first; and no shell writes its history to a file."""
        failure = fails(nested, script("bash"), script('echo "pass!word"'))
        assert "`!word`" in failure.problem
        passes(nested, script("bash"), script("echo a"), session("$ exit\nexit\n"))
        nested.close_terminals()
        assert not (nested.home / "server" / ".bash_history").exists()


class TestRunning:
    """A command that goes on is not stopped by what it prints."""

    START = "$ bash -c 'echo first; sleep 1; seq 5000; {}touch done; exec sleep 60'\nfirst\n"

    def test_it_comes_to_its_end(self, lab: LocalLab) -> None:
        """Its output is read while another terminal is waited for, and is there later."""
        passes(
            lab,
            session(self.START.format(""), running=True),
            session("$ test -e done\n", terminal="second", wait=PATIENCE),
            session("1\n2\n...\n5000\n^C\n", continues=True),
            session("$ echo on\non\n"),
        )

    def test_it_prints_very_much(self, lab: LocalLab) -> None:
        """Little of it is kept, and nobody else is held up."""
        much = "yes | head --bytes=2000000; "
        passes(
            lab,
            session(self.START.format(much), running=True),
            session("$ test -e done\n", terminal="second", wait=PATIENCE),
            session("1\n2\n...\n^C\n", continues=True),
        )
        passes(
            lab,
            session("$ echo a; yes\na\n", running=True),
            session("$ echo b\nb\n", terminal="second"),
            session("y\n...\ny\n^C\n", continues=True),
        )

    def test_it_ends_meanwhile(self, lab: LocalLab) -> None:
        """The block that continues it sees its last output, its parts and its status."""
        for part, status in (("true", 3), ("(exit 4)", 3)):
            command = f"echo a; sleep 0.5; seq 3; {part}; touch done; (exit 3)"
            before = (
                session(f"$ rm -f done; {command}\na\n", running=True),
                session("$ test -e done; sleep 0.3\n", terminal="second", wait=PATIENCE),
            )
            last = session("1\n2\n3\n", continues=True, status=status)
            if part == "true":
                passes(lab, *before, last)
            else:
                assert "what ends with `( exit 4 )`" in fails(lab, *before, last).problem


class TestPrompt:
    """A prompt on a page is that of the shell, in all its parts."""

    @staticmethod
    def who(lab: LocalLab) -> tuple[str, str, str]:
        """Return user, host and sign of a shell here."""
        prompt = lab.terminal("server", "").prompt
        assert prompt is not None
        user, _, host = prompt.who.partition("@")
        return user, host, "#" if user == "root" else "$"

    @pytest.mark.parametrize(
        ("go", "directory"),
        [
            ("true", ""),
            ("true", ":~"),
            ("cd /etc", ":/etc"),
            ("cd /", ":/"),
            ("mkdir --parents a/b; cd a/b", ":~/a/b"),
            ("unset HOME; cd /", ":/"),
            ("HOME=/; cd /", ":/"),
        ],
    )
    def test_right(self, lab: LocalLab, go: str, directory: str) -> None:
        """The directory counts where it is shown."""
        user, host, sign = self.who(lab)
        passes(lab, script(go), session(f"{user}@{host}{directory}{sign} echo a\na\n"))

    def test_right_with_the_whole_path(self, lab: LocalLab) -> None:
        """A home need not be shown as `~`."""
        user, host, sign = self.who(lab)
        passes(lab, session(f"{user}@{host}:{lab.home}/server{sign} echo a\na\n"))

    @pytest.mark.parametrize(
        ("shown", "said"),
        [
            ("{user}@other{sign}", "shows a prompt of other, but this shell is on {host}"),
            ("{user}@{host}:/etc{sign}", "shows a prompt in /etc, but this shell is in ~;"),
            ("{user}@{host}:~/a{sign}", "shows a prompt in ~/a, but this shell is in ~;"),
            ("{user}@{host}{wrong}", "shows a prompt with `{wrong}`, but that of {user} has"),
        ],
    )
    def test_wrong(self, lab: LocalLab, shown: str, said: str) -> None:
        """Each part has its message."""
        user, host, sign = self.who(lab)
        names = {"user": user, "host": host, "sign": sign, "wrong": "$" if sign == "#" else "#"}
        failure = fails(lab, session(f"{shown.format(**names)} echo a\na\n"))
        assert said.format(**names) in failure.problem
