# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from claims import plots, views
from records import record

DRAWN = plots.draw(record())


def test_there_is_a_plot_for_light_and_for_dark_pages_of_each_view_with_figures() -> None:
    assert set(DRAWN) == {
        f"bench-{view}-{theme}.svg"
        for view in ("bulk", "requests", "latency", "processor", "activation-cold")
        for theme in ("light", "dark")
    }


def test_the_same_record_makes_the_same_bytes() -> None:
    assert plots.draw(record()) == DRAWN


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_plots_are_well_formed_and_name_what_they_show(name: str) -> None:
    root = ET.fromstring(DRAWN[name])
    texts = " ".join(root.itertext())
    ways = ("workerd, example 1",) if "activation" in name else ("no container", "own network")
    assert all(way in texts for way in ways)
    assert "GMT" not in texts
    assert not re.search(r"[ \t]$", DRAWN[name], re.MULTILINE)


def test_plots_can_be_read_without_colour() -> None:
    bulk = DRAWN["bench-bulk-light.svg"]
    markers = set(re.findall(r'<path id="(m[0-9a-f]+)" d="([^"]+)"', bulk))
    assert len({shape for _, shape in markers}) >= 2  # a circle and a triangle, at least
    assert "<pattern" in DRAWN["bench-processor-light.svg"]  # hatching
    assert "2.9" in bulk  # the value beside the marker


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", plots.THEMES, ids=lambda theme: theme.name)
def test_colours_stand_out_from_the_page(theme: plots.Theme) -> None:
    page = {"light": "#ffffff", "dark": "#131416"}[theme.name]  # Furo's
    assert contrast(theme.ink, page) >= 7
    assert all(contrast(colour, page) >= 3 for colour in theme.series)


def test_a_view_without_figures_any_more_loses_its_plots(tmp_path: Path) -> None:
    (tmp_path / "bench-old-light.svg").write_text("old")
    (tmp_path / "request.svg").write_text("ours")
    written = plots.write(record(values={}), tmp_path)
    assert [path.name for path in written] == [
        "bench-processor-dark.svg", "bench-processor-light.svg",
    ]  # fmt: skip
    assert {path.name for path in tmp_path.iterdir()} == {
        "request.svg", *(path.name for path in written),
    }  # fmt: skip


def test_themes_of_plots_are_those_of_pages() -> None:
    assert tuple(theme.name for theme in plots.THEMES) == views.THEMES
