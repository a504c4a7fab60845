"""A small site for tests."""

project = "Test"
extensions = ["myst_parser", "sphinx_tabs.tabs", "doclab"]
myst_enable_extensions = ["colon_fence"]
html_theme = "basic"  # the one with the fewest templates
nitpicky = True
doclab_user = "admin"
