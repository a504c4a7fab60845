# SPDX-License-Identifier: Apache-2.0
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
    from doclab.collect import CollectBuilder, keep_tabs  # noqa: PLC0415
    from doclab.compat_table import CompatibilityDirective  # noqa: PLC0415
    from doclab.directives import (  # noqa: PLC0415
        CleanedUpDirective,
        NeedsDirective,
        PrerequisitesDirective,
        RunDirective,
    )
    from doclab.limits import SCENARIO  # noqa: PLC0415
    from doclab.page_notes import (  # noqa: PLC0415
        STYLESHEET,
        PageNotes,
        TestedWithDirective,
        add_stylesheet,
        tested_with,
    )
    from doclab.typed import TypedBlock, visit_typed_block  # noqa: PLC0415

    app.add_directive("run", RunDirective)
    app.add_directive("prerequisites", PrerequisitesDirective)
    app.add_directive("needs", NeedsDirective)
    app.add_directive("cleaned-up", CleanedUpDirective)
    app.add_directive("tested-with", TestedWithDirective)
    app.add_directive("compatibility", CompatibilityDirective)
    app.add_node(tested_with)
    app.add_builder(CollectBuilder)
    # `override`: several sites may be read in one process.
    app.add_node(TypedBlock, override=True, html=(visit_typed_block, None))
    app.add_config_value("doclab_machines", ["server", "laptop"], "env", list)
    app.add_config_value("doclab_user", "admin", "env", str)
    app.add_config_value("doclab_survivors", "../tests/survivors.toml", "", str)
    app.add_config_value("doclab_judges", {}, "", dict)
    app.add_config_value("doclab_judge_files", ["*"], "", list)
    app.add_config_value("doclab_deadline", SCENARIO, "", (int, float))
    app.add_config_value("doclab_recipe", "../lab", "", str)
    app.add_config_value("doclab_labs", {"trixie": "debian:trixie-slim"}, "", dict)
    app.add_config_value("doclab_repository", "", "", str)
    app.add_config_value("doclab_versions", {}, "", dict)
    app.add_config_value("doclab_examples", "", "", str)
    app.add_config_value("doclab_words", {}, "", dict)
    app.add_config_value("doclab_prose_exceptions", {}, "", dict)
    app.add_config_value("doclab_example_exceptions", {}, "", dict)
    app.add_config_value("doclab_ledger", "../build/doctest/ledger.json", "html", str)
    app.add_config_value("doclab_ledger_digest", "", "html", str)  # set below, not in conf.py
    notes = PageNotes()
    app.connect("config-inited", keep_tabs)
    app.connect("config-inited", notes.note_changes)
    app.connect("builder-inited", notes.load)
    app.connect("builder-inited", add_stylesheet)
    app.add_css_file(STYLESHEET)
    app.connect("doctree-resolved", notes.write, priority=900)  # after ifconfig and the like
    app.connect("build-finished", notes.copy_report)
    return {
        "version": __version__,
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
