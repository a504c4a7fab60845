# SPDX-License-Identifier: Apache-2.0
"""What the pages say between their blocks is there, or a run makes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Sites, Snapshot

from doclab import prose
from doclab.collect import collect

SOCKET = "[Socket]\nListenStream=8080\n"
CONTAINER = "[Container]\nContainerName=whoami\nVolume=%h/.config/app:/etc/app:ro\n"
PAGE = """# Title

```{{literalinclude}} ../examples/one/web.socket
```

```{{literalinclude}} ../examples/one/web.container
```

```console
admin@server$ cp web.socket ~/.config/systemd/user/
admin@server$ curl --retry 5 http://localhost/ | grep forwarded
X-Forwarded-For: 192.0.2.1
```

{text}
"""


def site_with(sites: Sites, text: str, conf: str = "", **files: str) -> list[str]:
    """Return what the check says of a page with this text."""
    docs = sites.write(index=PAGE.format(text=text))
    with (docs / "conf.py").open("a", encoding="utf-8") as config:
        config.write(f'doclab_examples = "../examples"\n{conf}')
    folder = sites.root / "examples" / "one"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "web.socket").write_text(SOCKET, encoding="utf-8")
    (folder / "web.container").write_text(CONTAINER, encoding="utf-8")
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content, encoding="utf-8")
    return prose.check(sites.collect())


KNOWN = [
    "web.socket",
    "web.service",  # Quadlet makes it
    "web.container",
    "whoami",
    "ListenStream=8080",
    "ListenStream=",
    "~/.config/systemd/user",
    "~/.config/app",  # %h/.config/app
    "/home/admin/.config/app/",
    "/etc/app",
    "examples/one",
    "x-forwarded-for",
    "X-Forwarded-",
    "--retry",
    "port 8080",
    ":8080",
    "laptop",
    "12345",
    "systemctl --user restart web.service",
    "frobnicate this thing",
    "https://example.org/x",
]


def test_known(sites: Sites) -> None:
    """It is in an example, in a block, in a name of a file, or made of one."""
    assert site_with(sites, "\n".join(f"- `{text}`" for text in KNOWN)) == []


SLIPS = {
    "unit": "Then `webb.service` starts.",
    "unit-in-a-command": "Run `systemctl --user stop\nweb.socet.service` now.",
    "network": "It is on `mynett`.",
    "part-of-a-word": "It is `whoa`.",
    "option": "With `--ret` it asks again.",
    "path": "In `~/.config/systemd/system`, and in `/etc/apps`.",
    "end-of-a-path": "In `/systemd/user`, and in `/app:ro`.",
    "port": "`[::]:8081` is open, and so is `port 8081`.",
    "setting": "| A | B |\n|---|---|\n| one | `ListenStream=80` |",
    "the-second-of-two": "`web.socket`\n\n- `whoami` and\n  `whoamj`\n- `whoamj`",
    "heading": "## About `webb`",
}


@pytest.mark.parametrize("name", SLIPS)
def test_slip(name: str, sites: Sites, snapshot: Snapshot) -> None:
    """What is nowhere has its line."""
    snapshot("\n".join(site_with(sites, SLIPS[name])))


def test_reasons(sites: Sites) -> None:
    """A word or a page may have a reason."""
    assert site_with(sites, "`ghost`", 'doclab_words = {"ghost": "a joke"}\n') == []
    assert site_with(sites, "`ghost`", 'doclab_prose_exceptions = {"ind*": "jokes"}\n') == []


STALE = {
    "word-not-used": 'doclab_words = {"ghost": "a joke"}\n',
    "word-there-anyway": 'doclab_words = {"whoami": "a joke"}\n',
    "word-without-reason": 'doclab_words = {"spectre": " "}\n',
    "page-without-slips": 'doclab_prose_exceptions = {"other": "no such page"}\n',
    "file-shown": 'doclab_example_exceptions = {"*/web.socket": "it is shown"}\n',
}


@pytest.mark.parametrize("name", STALE)
def test_stale(name: str, sites: Sites, snapshot: Snapshot) -> None:
    """A reason that nothing needs is an error, with its line in conf.py."""
    text = "`whoami` and `spectre`" if "reason" in name else "`whoami`"
    snapshot("\n".join(site_with(sites, text, STALE[name])))


def test_forgotten_file(sites: Sites, snapshot: Snapshot) -> None:
    """A file of an example that no page shows or runs is not proven."""
    snapshot("\n".join(site_with(sites, "", "", notes_txt="x\n")))


def test_files_that_are_shown_or_run(sites: Sites) -> None:
    """Named in a block of its example, downloaded, excused, or the same as one shown."""
    copied = "```console\nadmin@server$ cd one\nadmin@server$ ./run.sh\n```\n"
    assert site_with(sites, copied, "", run_sh="true\n") == []
    down = "{download}`all <../examples/one/all.txt>`"
    (sites.root / "examples" / "one" / "run.sh").unlink()
    assert site_with(sites, down, "", all_txt="x\n") == []
    other = sites.root / "examples" / "two"
    other.mkdir()
    (other / "web.socket").write_text(SOCKET, encoding="utf-8")
    assert site_with(sites, down) == []
    (other / "web.socket").write_text(SOCKET + "#\n", encoding="utf-8")
    (found,) = site_with(sites, down)
    assert found.startswith("examples/two/web.socket:1: no page shows or runs this file")
    reason = 'doclab_example_exceptions = {"examples/two/*": "another"}\n'
    assert site_with(sites, down, reason) == []


def test_files_of_this_machine_prove_nothing(sites: Sites) -> None:
    """That a path is on the computer of the author does not mean that a reader has it."""
    assert Path("/etc/passwd").is_file()
    assert len(site_with(sites, "`/etc/passwd`")) == 1


def test_examples_beside_the_root(sites: Sites, snapshot: Snapshot) -> None:
    """The site may be read from the directory of its pages, above which the examples are."""
    site_with(sites, "", unused_js="1;\n")
    found = collect(sites.docs, root=sites.docs, work=sites.root / "work-below")
    snapshot("\n".join(prose.check(found)))
