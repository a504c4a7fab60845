"""Sphinx configuration of the tutorial."""

import json
from pathlib import Path

_package = Path(__file__).parent.parent / "examples" / "example1" / "image" / "package.json"
_workerd = json.loads(_package.read_text(encoding="utf-8"))["optionalDependencies"]

project = "Socket-activated workerd"
author = "the authors of the tutorial"
project_copyright = "2026, the authors of the tutorial. Apache-2.0; examples MIT-0"
extensions = ["myst_parser", "sphinx_tabs.tabs", "sphinx_copybutton", "doclab"]
exclude_patterns = ["_build"]
nitpicky = True

html_theme = "furo"
html_title = "Socket-activated workerd"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False

# A colon fence is a directive that shows as text where MyST is not known.
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

# Tabs stay tabs for our own builder too; else they would be read twice.
sphinx_tabs_valid_builders = ["doclab"]
sphinx_tabs_disable_tab_closing = True

# The copy button takes what the tests type: the lines with a prompt, without it.
copybutton_prompt_text = r"(?:[a-z_][a-z0-9_-]*@[a-z0-9-]+(?::[^\s$#]*)?[$#]|\$|>) "
copybutton_prompt_is_regexp = True
copybutton_only_copy_prompt_lines = True
copybutton_line_continuation_character = "\\"
copybutton_selector = "div.highlight-console pre, div.highlight-bash pre"

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
