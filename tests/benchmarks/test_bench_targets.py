# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses

from claims import targets
from claims.record import Record
from conftest import Snapshot
from records import record


def test_report(snapshot: Snapshot) -> None:
    snapshot("\n".join(targets.report(record())))


def test_a_process_before_the_first_request_misses_the_target() -> None:
    (*_, last) = targets.verdicts(record(after_boot=["(sd-pam)", "systemd", "catatonit"]))
    assert (last.found, last.met) == ("catatonit", False)
    idle = {"plain": {"before": {"programs": ["conmon"], "bytes": 1}}}
    (*_, last) = targets.verdicts(record(idle=idle))
    assert (last.found, last.met) == ("conmon", False)


def test_a_ratio_on_the_limit_meets_it() -> None:
    target = dataclasses.replace(targets.TARGETS[0], least=1.0)
    found = record().ratio("download", "native", "native")
    assert found is not None
    assert target.met(found)
    assert not dataclasses.replace(target, least=1.01).met(found)


def test_what_was_not_measured_is_not_judged() -> None:
    found = list(targets.verdicts(record(values={})))
    assert [verdict.met for verdict in found[:-1]] == [None] * len(targets.TARGETS)


def shifted(factor: float) -> Record:
    found = record()
    for row in (found.values[name]["activated"] for name in ("download", "upload")):
        row[:] = [value * factor for value in row if value is not None]
    return found


def test_records_agree_within_both_spreads() -> None:
    assert targets.disagreements(shifted(1.05), record()) == []
    assert all("agrees with" in line for line in targets.agreement(shifted(1.05), record()))


def test_records_that_differ_say_in_which_ratio(snapshot: Snapshot) -> None:
    found = shifted(2.0)
    snapshot("\n".join([*targets.agreement(found, record()),
                        *targets.disagreements(found, record())]))  # fmt: skip


def test_records_without_anything_in_common_do_not_agree() -> None:
    (problem,) = targets.disagreements(record(values={}), record())
    assert "nothing was compared" in problem
