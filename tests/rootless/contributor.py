# SPDX-License-Identifier: Apache-2.0
"""An ordinary user with rootless Podman runs pages: proof that the lab needs no root.

A lab machine is the laptop of a contributor: a checkout of the project, a virtual
environment, an account that may not use sudo. The contributor starts labs of
their own on it, in whose machines the tutorial's rootless Podman runs. The
images are those of this machine, passed on, so that only the run itself is
tried. All that is made is in the lab, and goes with it.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from doclab import engine, lab, repository
from doclab.collect import collect
from doclab.images import ImageStore
from doclab.lab_plan import LabPlan
from doclab.progress import Progress

MACHINE = "contributor"
USER = "writer"
PAGES = ["tutorial/clean-up"]  # and what it needs: the whole tutorial
FEW = "subordinate ids"  # words of that message

PREPARE = f"""
apt-get update --quiet
DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends \
  python3-venv git
useradd --create-home --shell /bin/bash {USER}
loginctl enable-linger {USER}
echo '{USER} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/{USER}
"""
CHECKOUT = """
git clone --quiet {repository} project
python3 -m venv venv
venv/bin/pip install --quiet --require-hashes --requirement project/requirements/docs.txt
venv/bin/pip install --quiet --no-deps --no-build-isolation --editable project
"""
RUN = "cd project && ../venv/bin/doclab run {pages}"
HOST = "bash project/lab/install-host"  # `nox -s host`, which uses sudo


class Contributor:
    """Types commands on the machine, as root or as the ordinary user."""

    def __init__(self, podman: engine.Engine, machines: lab.Lab) -> None:
        """Take a lab that is up."""
        self._podman = podman
        self._container = machines.machine(MACHINE).container

    def root(self, script: str) -> None:
        """Run a script as root; what it prints is shown."""
        self._check(script, self._podman.argv("exec", self._container, "sh", "-ec", script))

    def user(self, script: str) -> None:
        """Run a script as the user; what it prints is shown."""
        self._check(script, self._as_user(script))

    def refused(self, script: str) -> str:
        """Run a script as the user that must fail; return what it printed."""
        done = subprocess.run(self._as_user(script), check=False, capture_output=True, text=True)
        if done.returncode == 0:
            sys.exit(f"rootless: {script!r} should have failed:\n{done.stdout}")
        return done.stdout + done.stderr

    def load(self, *images: str) -> None:
        """Pass images of this machine on to the user."""
        save = self._podman.argv("save", "--quiet", "--multi-image-archive", *images)
        with subprocess.Popen(save, stdout=subprocess.PIPE) as saving:
            done = subprocess.run(
                self._as_user("podman load --quiet"), check=False, stdin=saving.stdout
            )
        if saving.returncode or done.returncode:
            sys.exit("rootless: the images could not be passed on.")

    def _as_user(self, script: str) -> list[str]:
        # Unlike `machinectl shell`, this passes on standard input and the status.
        return self._podman.argv(
            "exec", "--interactive", self._container,
            "systemd-run", "--quiet", "--user", f"--machine={USER}@.host", "--pipe", "--wait",
            "--collect", f"--working-directory=/home/{USER}", "bash", "-ec", script,
        )  # fmt: skip

    @staticmethod
    def _check(script: str, argv: list[str]) -> None:
        done = subprocess.run(argv, check=False, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            sys.exit(f"rootless: this ended with {done.returncode}: {script.strip()}")


def main() -> None:
    """Start the laptop, work on it, remove it."""
    say = Progress()
    pages = sys.argv[1:] or PAGES
    run = RUN.format(pages=shlex.join(pages))
    root = Path.cwd().resolve()
    with tempfile.TemporaryDirectory(prefix="doclab-") as folder:
        site = collect(root / "docs", root=root, work=Path(folder) / "doclab")
        settings = site.settings
        podman = engine.detect()
        name = settings.lab(None)
        images = ImageStore(podman, settings.recipe, say).ensure(name, settings.labs[name])
        copy = repository.snapshot(root, Path(folder) / "repository.git")
        if copy is None:
            sys.exit("rootless: this is no Git checkout, and the laptop needs one to clone.")
        plan = LabPlan(
            machines=(MACHINE,),
            user=settings.user,
            images=images,
            repository=settings.repository,
            snapshot=copy,
        )
        machines = lab.Lab(podman, plan, stop=threading.Event())
        try:
            say("starting the laptop of a contributor")
            machines.start()
            laptop = Contributor(podman, machines)
            say("installing Python, making the user")
            laptop.root(PREPARE)
            say("cloning the project, installing its packages")
            laptop.user(CHECKOUT.format(repository=shlex.quote(settings.repository)))
            say("running a page with too few subordinate ids: this must be refused")
            if FEW not in (said := laptop.refused(run)):
                sys.exit(f"rootless: the refusal does not say why:\n{said}")
            say("installing what the lab needs, which gives the user more of them")
            laptop.user(HOST)
            say("passing on the images")
            laptop.load(images.machine, images.registry)
            say(f"running {' '.join(pages)} as {USER}, with rootless Podman")
            laptop.user(run)
        finally:
            machines.remove()
        say("green")


if __name__ == "__main__":
    main()
