"""A small site for tests."""

project = "Test"
extensions = ["myst_parser", "sphinx_tabs.tabs", "doclab"]
myst_enable_extensions = ["colon_fence"]
sphinx_tabs_valid_builders = ["doclab"]
root_doc = "index"
nitpicky = True
doclab_user = "admin"
exclude_patterns = ["shared"]
myst_substitutions = {"words": "some words"}
