# SPDX-License-Identifier: Apache-2.0
"""What the examples promise of themselves."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path for path in (ROOT / "examples").iterdir() if path.is_dir())

sys.path.insert(0, str(ROOT / "tools"))
import pin_workerd  # noqa: E402


def files(example: Path) -> dict[str, Path]:
    """Return the files of an example by their relative names."""
    return {str(p.relative_to(example)): p for p in sorted(example.rglob("*")) if p.is_file()}


def test_there_are_examples() -> None:
    """Otherwise the checks below would check nothing."""
    assert [example.name for example in EXAMPLES] == [
        "example1",
        "example2",
        "example3",
        "example4",
    ]


@pytest.mark.parametrize(
    ("example", "own"),
    [
        ("example2", {"README.md", "config.capnp", "worker.js"}),
        (
            "example3",
            {"README.md", "config.capnp", "install", "uninstall", "worker.js", "workerd.container"},
        ),
        (
            "example4",
            {"README.md", "config.capnp", "install", "uninstall", "whoami.capnp", "workerd.socket"},
        ),
    ],
)
def test_shared_files_are_identical(example: str, own: set[str]) -> None:
    """An example borrows nothing: what has the name of another's file is a copy of it."""
    first, other = files(EXAMPLES[0]), files(EXAMPLES[0].with_name(example))
    shared = set(first) & set(other)
    image = {name for name in first if "/" in name and "image/Containerfile" in other}
    assert image | {"LICENSE"} <= shared
    different = {n for n in shared if first[n].read_bytes() != other[n].read_bytes()}
    assert different == own
    modes = {n for n in shared if first[n].stat().st_mode != other[n].stat().st_mode}
    assert modes == set()


def test_each_example_names_a_version() -> None:
    """In its image, or beside its units."""
    named = {folder.relative_to(ROOT / "examples").parts[0] for folder in pin_workerd.pinning()}
    assert named == {example.name for example in EXAMPLES}


@pytest.mark.parametrize("folder", pin_workerd.pinning(), ids=lambda path: path.parts[-2])
def test_one_version(folder: Path) -> None:
    """package.json says it, and the lock file agrees, with a hash for each processor."""
    version = pin_workerd.pinned()
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    for name in pin_workerd.PACKAGES:
        assert package["optionalDependencies"][name] == version
        locked = lock["packages"][f"node_modules/{name}"]
        assert locked["version"] == version
        assert locked["integrity"].startswith("sha512-")
        assert "resolved" not in locked


def test_no_other_version_anywhere() -> None:
    """Pages and files name the pinned version or none; _data is a dated record."""
    version = pin_workerd.pinned()
    dated = pin_workerd.dated(version)
    wrong = []
    for folder in ("docs", "examples"):
        for path in sorted((ROOT / folder).rglob("*")):
            if "_data" in path.parts:
                continue
            if path.is_file() and path.suffix in {".md", ".json", ".capnp", ".container", ""}:
                text = path.read_text(encoding="utf-8")
                found = pin_workerd.VERSION.finditer(text)
                wrong += [f"{path}: {m[0]}" for m in found if m[0] != version]
                shown = re.findall(r"workerd (\d{4}-\d\d-\d\d)", text)
                wrong += [f"{path}: {date}" for date in shown if date != dated]
    assert wrong == []
    for page in pin_workerd.PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        assert version in text or dated in text


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_install_and_uninstall_agree(example: Path) -> None:
    """Whatever is installed is removed again."""
    install = (example / "install").read_text(encoding="utf-8")
    uninstall = (example / "uninstall").read_text(encoding="utf-8")
    unheeded = {"README.md", "LICENSE", "install", "uninstall", "package.json", "package-lock.json"}
    for path in files(example).values():
        name = path.name
        if path.parent.name in {"image", "site"} or name in unheeded:
            continue
        assert re.search(rf"\b{re.escape(name)}\b", install), f"install leaves out {name}"
        assert re.search(rf"\b{re.escape(name)}\b", uninstall), f"uninstall leaves {name}"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_readme_commands_are_tested(example: Path) -> None:
    """What a README tells to type, a page tells too, and so it is run."""
    readme = (example / "README.md").read_text(encoding="utf-8")
    pages = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs").rglob("*.md"))
    blocks = re.findall(r"```bash\n(.*?)```", readme, re.DOTALL)
    assert blocks
    for block in blocks:
        for line in block.splitlines():
            assert line.removeprefix("./") in pages, line


def test_repository_is_one_address() -> None:
    """conf.py tells the lab what to answer for, and the page tells the reader."""
    conf = (ROOT / "docs/conf.py").read_text(encoding="utf-8")
    found = re.search(r'^doclab_repository = "(.+)"', conf, re.MULTILINE)
    assert found is not None
    page = (ROOT / "docs/tutorial/prepare.md").read_text(encoding="utf-8")
    assert f"git clone --quiet {found[1]}\n" in page


def test_links_of_the_readmes() -> None:
    """What they show and link to in the repository is there."""
    found = 0
    for readme in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *ROOT.glob("examples/*/README.md"),
    ):
        for target in re.findall(r"\]\(([^)#]+)", readme.read_text(encoding="utf-8")):
            if "://" not in target:
                found += 1
                assert (readme.parent / target).exists(), f"{readme}: {target}"
    assert found


def test_readme_commands_are_those_of_ci() -> None:
    """What the README promises is what runs before a change lands."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    ci = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "python3 -m pip install 'nox[uv]' && nox -s docs" in readme
    for command in ("'nox[uv]'", "nox -s host doctest", "nox -s docs"):
        assert command in readme
        assert command in ci


def test_the_machinery_knows_of_no_example() -> None:
    """Any Sphinx project can use doclab: what it knows of this one is in docs/conf.py."""
    words = re.compile(r"workerd|whoami|mynet", re.IGNORECASE)
    package = ROOT / "src" / "doclab"
    found = [
        path for path in package.rglob("*.*") if path.suffix in {".py", ".sh", ".jinja", ".css"}
    ]
    assert len(found) > 50
    assert [p.name for p in found if words.search(p.read_text(encoding="utf-8"))] == []
