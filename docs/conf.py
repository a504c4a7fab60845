# SPDX-License-Identifier: Apache-2.0
"""Sphinx configuration of the tutorial."""

import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

_package = Path(__file__).parent.parent / "examples" / "example1" / "image" / "package.json"
_workerd = json.loads(_package.read_text(encoding="utf-8"))["optionalDependencies"]

# Our own extensions, and the code that one shares with `nox -s bench`.
sys.path[:0] = [
    str(Path(__file__).parent / "_ext"),
    str(Path(__file__).parent.parent / "benchmarks"),
]

project = "Socket-activated workerd"
author = "the authors of the tutorial"
project_copyright = "2026, the authors of the tutorial. Apache-2.0; examples MIT-0"
extensions = [
    "myst_parser",
    "sphinx_tabs.tabs",
    "sphinx_copybutton",
    "doclab",
    "archive",
    "book",
    "everyone",
    "measured",
    "pictures",
    "page_script",
    "plain",
    "publish",
    "notfound.extension",
]
exclude_patterns = ["_build", "_ext", "_templates"]
templates_path = ["_templates"]
nitpicky = True

html_theme = "furo"
html_title = "Socket-activated workerd"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_copy_source = False
html_show_sphinx = False
# Where the site is for all to read, with a last slash, and where its sources are, such as
# https://github.com/OWNER/NAME. As soon as the first is set, there is a sitemap; with the
# second, each page has links to its source and to the editor.
html_baseurl = ""
_sources = ""
if _sources:
    html_theme_options = {
        "source_repository": _sources,
        "source_branch": "main",
        "source_directory": "docs/",
    }
# Its page that says "not found" is shown at any depth, so its links begin at the root.
notfound_urls_prefix = urlsplit(html_baseurl).path or "/"
# Pages that have moved: from where, to where.
publish_moved: dict[str, str] = {}

# A colon fence is a directive that shows as text where MyST is not known.
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# `nox -s epub`. Whoever asks which book this is gets to know which workerd it is about.
version = _workerd["@cloudflare/workerd-linux-64"]
epub_basename = "socket-activated-workerd"
epub_show_urls = "no"
epub_css_files = ["book.css"]
epub_exclude_files = ["_static/*.js", "_static/scripts/*"]

# `nox -s links`. What is not asked for, each with its reason.
linkcheck_ignore = [
    r"\.\./archives/",  # the build of the site makes them; `nox -s browser` looks for them
]
linkcheck_retries = 3
linkcheck_timeout = 20  # seconds
# GitHub makes the anchors of a file with JavaScript, which nobody runs here.
linkcheck_anchors_ignore_for_url = [r"https://github\.com/.*/blob/"]

# A book opens tabs, and so must know them. (doclab adds its own builder.)
sphinx_tabs_valid_builders = ["epub"]
sphinx_tabs_disable_tab_closing = True

# The copy button takes what the tests type, to the byte: doclab marks what is not
# typed, and nothing else is left out. `nox -s browser` proves it.
copybutton_selector = "div.typed pre"
copybutton_exclude = ".linenos, .untyped"
copybutton_remove_prompts = False

doclab_machines = ["server", "laptop"]
doclab_user = "admin"
doclab_recipe = "../lab"
# What the machines of each lab are made of; the first is the default.
doclab_labs = {
    "trixie": "debian:trixie-slim",
    "forky": "debian:forky-slim",
    "fedora": "fedora:43",
}
# Versions for the ledger that no machine can tell by itself.
doclab_versions = {"workerd": _workerd["@cloudflare/workerd-linux-64"]}
# From where readers clone; the lab answers for it with this checkout. A name
# reserved by RFC 2606 until the project has a public home: set it here and in
# tutorial/prepare.md (a test compares the two).
doclab_repository = "https://git.example.org/socket-activated-workerd.git"
# The pages show or run each file in here, but for these.
doclab_examples = "../examples"
doclab_example_exceptions = {
    "*/LICENSE": "of no use on a page",
    "*/README.md": "for those who have the directory and no page; a test compares its files",
}
# What judges mutants of these files before the lab does: `nox -s mutants`. Without the
# plugins that these tests do not need, it starts three times as fast; and the test that
# found out the last mutant is often the one for the next (--ff).
_pytest = (
    "env PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 python -m pytest -c /dev/null --rootdir ."
    " --noconftest --ff -x -q"
)
_units = f"{_pytest} tests/examples/test_units.py"
doclab_judges = {
    "examples/*/*.container": _units,
    "examples/*/*.network": _units,
    "examples/*/*.service": _units,
    "examples/*/*.socket": _units,
    "examples/*/*.conf": _units,
    "examples/example2/config.capnp": _units,
    "examples/example[124]/*.capnp": f"{_pytest} tests/examples/test_forwarding.py",
    "examples/example[124]/*.js": f"{_pytest} tests/examples/test_forwarding.py",
    "examples/example3/*.capnp": f"{_pytest} tests/examples/test_site.py",
    "examples/example3/*.js": f"{_pytest} tests/examples/test_site.py",
}
# They see no page and nothing of doclab, so that a change there needs none of them again.
doclab_judge_files = ["examples/*", "tests/examples/*", "requirements/tests.txt"]
# Inline code that is in no example and in no block.
doclab_words = {
    "LISTEN_FDS=1": "systemd sets it for a service; see sd_listen_fds(3)",
    "LISTEN_PID": "systemd sets it for a service; see sd_listen_fds(3)",
    "DisableDNS=true": "a line that the network of the examples does not have",
    "DynamicUser=true": "a line that example 4 does not have, and why",
    "MemoryMax=": "a line that example 4 does not have, and why",
    "PrivatePIDs=true": "a line that example 4 does not have, and why",
    "SupplementaryGroups=": "a line for a backend that example 4 does not have",
    "TasksMax=": "a line that example 4 does not have, and why",
    "/sys": "with RootDirectory=, systemd mounts it; no block looks there",
    ":Workerd.ExternalServer": "a type in workerd.capnp: that of `external` in config.capnp",
    ":Workerd.Network": "a type in workerd.capnp: that of `network` in config.capnp",
    "[::ffff:192.0.2.7]:5000": "an example of an address (RFC 5737)",
    "address=192.0.2.10": "an example of an address (RFC 5737)",
    "rootless_port_forwarder": "an option of Podman 6, which no lab has",
    "nodejs-npm": "Fedora's package, which no lab machine has",
    "--events-backend=none": "an option of Podman that the pages do without",
    "--transient-store": "an option of Podman that the pages do without",
    "dnf": "Fedora's installer, which no lab machine has",
}
doclab_prose_exceptions = {
    "reference/blocks": "about doclab itself, with examples of what pages may say",
}
