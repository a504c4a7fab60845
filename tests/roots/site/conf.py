"""A small site for tests."""

project = "Test"
extensions = ["myst_parser", "sphinx_tabs.tabs", "doclab"]
myst_enable_extensions = ["colon_fence"]
root_doc = "index"
nitpicky = True
doclab_user = "admin"
exclude_patterns = ["shared"]
myst_substitutions = {"words": "some words"}
