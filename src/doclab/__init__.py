"""Run the shell blocks of a Sphinx site as a reader would."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

__version__ = "0.1.0"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension with Sphinx."""
    # Here, since most users of the package's modules have no use for Sphinx.
    from doclab.collect import CollectBuilder  # noqa: PLC0415
    from doclab.directives import PrerequisitesDirective, RunDirective  # noqa: PLC0415
    from doclab.limits import SCENARIO  # noqa: PLC0415

    app.add_directive("run", RunDirective)
    app.add_directive("prerequisites", PrerequisitesDirective)
    app.add_builder(CollectBuilder)
    app.add_config_value("doclab_machines", ["server", "laptop"], "env", list)
    app.add_config_value("doclab_user", "admin", "env", str)
    app.add_config_value("doclab_deadline", SCENARIO, "", (int, float))
    app.add_config_value("doclab_recipe", "../lab", "", str)
    app.add_config_value("doclab_repository", "", "", str)
    app.add_config_value("doclab_versions", {}, "", dict)
    return {
        "version": __version__,
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
