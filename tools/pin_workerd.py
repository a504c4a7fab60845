# SPDX-License-Identifier: Apache-2.0
"""Move all examples, and what the pages say, to another version of workerd.

Called by `nox -s workerd -- VERSION`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = re.compile(r"1\.(\d{4})(\d{2})(\d{2})\.\d+")
PACKAGES = ("@cloudflare/workerd-linux-64", "@cloudflare/workerd-linux-arm64")
#: Where a page shows the version, since a reader wants to see it there.
PAGES = ("docs/tutorial/prepare.md", "docs/tutorial/example4.md")


def pinned() -> str:
    """Return the version that the examples use now."""
    package = json.loads((ROOT / "examples/example1/image/package.json").read_text())
    return str(package["optionalDependencies"][PACKAGES[0]])


def pinning() -> list[Path]:
    """Return the directories of the examples that name a version, with hashes."""
    return [p for pattern in ("*", "*/image") for p in ROOT.glob(f"examples/{pattern}")
            if (p / "package-lock.json").is_file()]  # fmt: skip


def dated(version: str) -> str:
    """Return what `workerd --version` calls a version."""
    found = VERSION.fullmatch(version)
    if found is None:
        sys.exit(f"{version!r} is not a version of workerd, such as 1.20261117.1")
    return "-".join(found.groups())


def main(version: str) -> None:
    """Write the version, and the hashes that npm knows for it."""
    old = pinned()
    folders = sorted(pinning())
    replace = {old: version, dated(old): dated(version)}
    first = folders[0]
    before = {path: path.read_bytes() for path in first.glob("package*.json")}
    try:
        package = first / "package.json"
        package.write_text(package.read_text().replace(old, version))
        (first / "package-lock.json").unlink()
        subprocess.run(
            ["npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit",
             "--no-fund", "--omit-lockfile-registry-resolved"],
            check=True, cwd=first,
        )  # fmt: skip
        lock = json.loads((first / "package-lock.json").read_text())["packages"]
        missing = [name for name in PACKAGES if "integrity" not in lock[f"node_modules/{name}"]]
        if missing:
            sys.exit(f"npm has no hash for {', '.join(missing)} {version}; nothing was changed")
    except BaseException:
        for path, content in before.items():
            path.write_bytes(content)
        raise
    names = [json.loads((folder / "package.json").read_text())["name"] for folder in folders]
    for folder, own in zip(folders[1:], names[1:], strict=True):
        for file in ("package.json", "package-lock.json"):
            text = (first / file).read_text().replace(f'"{names[0]}"', f'"{own}"')
            (folder / file).write_text(text)
    for page in PAGES:
        path = ROOT / page
        text = path.read_text(encoding="utf-8")
        for text_before, text_after in replace.items():
            text = text.replace(text_before, text_after)
        path.write_text(text, encoding="utf-8")
    print(f"workerd {old} → {version}; now run `nox -s tests doctest`")


if __name__ == "__main__":
    main(sys.argv[1])
