"""Blocks that are hard to copy, with the copy button and the theme of the real site."""

import runpy
from pathlib import Path

_site = runpy.run_path(str(Path(__file__).parents[3] / "docs" / "conf.py"))

project = "Clipboard"
# Without what writes files beside the pages.
_beside = {"archive", "notfound.extension", "page_script", "plain", "publish"}
extensions = [name for name in _site["extensions"] if name not in _beside]
html_theme = _site["html_theme"]
myst_enable_extensions = ["colon_fence"]
sphinx_tabs_disable_tab_closing = True
nitpicky = True
doclab_machines = ["server", "laptop"]
doclab_user = "admin"
globals().update({name: _site[name] for name in _site if name.startswith("copybutton_")})
