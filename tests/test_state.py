# SPDX-License-Identifier: Apache-2.0
"""The state of a machine: what is compared, and what a page may leave."""

from __future__ import annotations

import pytest

from doclab import state

BEFORE = """\
\x1euser
root
\x1eunit
web.service\tactive
run-r1.service\tactive
\x1esysctl
net.ipv4.ip_unprivileged_port_start\t1024
\x1efile
/etc/motd\tabc
"""


def differences(after: str) -> list[str]:
    """Return what is not as before, for people."""
    found = state.differences(state.parse(BEFORE), state.parse(after))
    return [str(difference) for difference in found]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("root\n", "root\ntest\n", "user test is new"),
        ("web.service\tactive\n", "", "unit web.service is gone"),
        ("\t1024", "\t80", "sysctl net.ipv4.ip_unprivileged_port_start was '1024', and is '80'"),
        ("abc", "abd", "file /etc/motd has changed"),
        ("\x1efile\n", "\x1econtainer of test\nwhoami\trunning\n\x1efile\n",
         "container of test whoami is new"),
    ],
)  # fmt: skip
def test_each_change_is_seen(old: str, new: str, sentence: str) -> None:
    """New, gone, changed; also in kinds that were not there at all."""
    assert differences(BEFORE.replace(old, new)) == [sentence]


def test_what_comes_and_goes_is_not() -> None:
    """Transient units are nobody's doing, nor are those of systemd at a login."""
    assert differences(BEFORE.replace("run-r1", "run-r2")) == []
    ours = "web.service\tactive\n"
    theirs = "systemd-importd.socket\tactive\n"
    assert ours in BEFORE
    assert differences(BEFORE.replace(ours, ours + theirs)) == []
    other = theirs.replace("importd", "other")
    assert differences(BEFORE.replace(ours, ours + other)) == ["unit systemd-other.socket is new"]


def test_a_page_may_say_what_stays() -> None:
    """By kind and name, with a star."""
    (found,) = state.differences(state.parse(BEFORE), state.parse(BEFORE.replace("root\n", "a\n")))[
        :1
    ]
    assert state.allowed(found, {"user *": "a reason"})
    assert not state.allowed(found, {"file *": "a reason"})
    assert not state.allowed(found, {"user b": "a reason"})


def test_what_stays_may_have_brackets() -> None:
    """As an IPv6 address has; only a star stands for anything."""
    found = state.Difference(kind="socket", name="tcp [::]:80", before=None, after="there")
    assert state.allowed(found, {"socket tcp [::]:80": "a reason"})
    assert not state.allowed(found, {"socket tcp [::1]:80": "a reason"})
