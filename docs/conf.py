extensions=["myst_parser","sphinx_tabs.tabs","doclab"]
sphinx_tabs_valid_builders=["doclab"]
doclab_repository="https://git.example.org/socket-activated-workerd"
exclude_patterns=["_build"]
