# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re
from pathlib import Path

import pytest
from claims import proxies
from claims.prepare import HERE
from claims.ways import BASELINE, WAYS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "example1"
CONTAINERS = [
    pytest.param(text, id=name)
    for way in (*WAYS, *proxies.PROXIES)
    for name, text in way.units.items()
    if name.endswith(".container")
]


@pytest.mark.parametrize("text", CONTAINERS)
def test_containers_are_hardened_as_those_of_the_examples(text: str) -> None:
    theirs = (EXAMPLE / "workerd.container").read_text(encoding="utf-8")
    for line in ("DropCapability=all", "NoNewPrivileges=true", "ReadOnly=true",
                 "ReadOnlyTmpfs=false", "Pull=never"):  # fmt: skip
        assert f"\n{line}\n" in theirs
        assert f"\n{line}\n" in text


def test_each_has_a_name_and_a_port_of_its_own() -> None:
    known = (*WAYS, *proxies.PROXIES, proxies.PLAIN)
    assert len({way.name for way in known}) == len({way.port for way in known}) == len(known)
    assert WAYS[0].name == BASELINE


def test_only_two_ways_are_activated() -> None:
    assert [way.name for way in WAYS if way.activated] == ["native", "activated"]
    assert all(way.activated for way in proxies.PROXIES)


def test_all_ways_run_the_same_configuration() -> None:
    for way in WAYS:
        assert sum(text.count("bench/bench.capnp") for text in way.units.values()) == 1


def test_the_ports_of_the_proxies_are_those_in_their_files() -> None:
    nginx = (HERE / "files" / "nginx.conf").read_text(encoding="utf-8")
    caddy = (HERE / "files" / "Caddyfile").read_text(encoding="utf-8")
    assert f"listen [::]:{proxies.NGINX.port} ipv6only=off;" in nginx
    assert f"http://:{proxies.CADDY.port} {{" in caddy


def test_the_plain_form_shares_no_name_with_example_1() -> None:
    units = proxies.plain(HERE / "plain").units
    text = units["plain.container"]
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert not re.search(r"workerd\.socket|localhost/workerd|config/workerd|10\.80\.0\.2$|::2$",
                         "\n".join(lines), re.MULTILINE)  # fmt: skip
    assert "Network=mynet.network" in lines


def test_a_plain_form_that_is_another_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "workerd.container").write_text("[Container]\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"there is no 'workerd\.socket' in it"):
        proxies.plain(tmp_path)
