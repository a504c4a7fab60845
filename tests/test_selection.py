# SPDX-License-Identifier: Apache-2.0
"""Which scenarios and blocks each option of `doclab run` leaves."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Mapping

import pytest
from conftest import Sites
from ledgers import result

from doclab import cli, selection
from doclab.model import DoclabError, Failure
from doclab.plan import plan
from doclab.reports.text import describe_failure
from doclab.site import Site

FIRST = """# First

```{toctree}
second
third
last
```

```bash
echo first
```
"""
SECOND = """# Second

```{prerequisites} index
```

```bash
echo second
```

````{tabs}
```{tab} One
~~~bash
echo one
~~~
```
```{tab} Two
~~~bash
echo two
echo deux
~~~
```
````

```bash
echo end
```

That is all.
"""
THIRD = """# Third

```bash
echo third
```

## New

```{needs} podman>=5.6
```

```bash
echo new
```
"""
LAST = """# Last

```{prerequisites} index
```

```bash
echo last
```

```{cleaned-up}
```
"""


@pytest.fixture
def site(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Return a site with pages that need others, tabs, needs, and a clean-up."""
    docs = sites.write(index=FIRST, second=SECOND, third=THIRD, last=LAST)
    with (docs / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write("doclab_versions = {'podman': '5.4'}\n")
    monkeypatch.chdir(sites.root)
    return sites.collect()


def selected(
    site: Site, *words: str, facts: Mapping[str, str] | None = None
) -> dict[str, list[str]]:
    """Return the blocks of each scenario that a command line leaves."""
    options = cli._parser().parse_args(["run", *words])
    found = selection.select(site, options, facts=facts or {})
    return {s.name: [block.text.split()[-1] for block in s.blocks] for s in found}


ONE = ["first", "second", "one", "end"]
TWO = ["first", "second", "deux", "end"]


@pytest.mark.parametrize(
    ("words", "scenarios"),
    [
        (
            "",
            {
                "second[One]": [*ONE, "last"],
                "second[Two]": [*TWO, "last"],
                "third": ["third", "new"],
            },
        ),
        ("third", {"third": ["third", "new"]}),
        ("docs/second.md", {"second[One]": ONE, "second[Two]": TWO}),
        ("second third", {"second[One]": ONE, "second[Two]": TWO, "third": ["third", "new"]}),
        ("second --twice", {"second[One]": [*ONE, "last"], "second[Two]": [*TWO, "last"]}),
        ("second:25 --twice", {"second[One]": ONE[:-1]}),
        ("second:28 --twice", {"second[One]": ONE}),
        ("second -k echo --twice", {"second[One]": ONE, "second[Two]": TWO}),
        ("-k third", {"third": ["third", "new"]}),
        ("-k deux", {"second[Two]": TWO[:-1]}),
        ("--from third:4", {"third": ["third", "new"]}),
        ("--from second:12", {"second[One]": [*ONE, "last"]}),
        ("--variant Two", {"second[Two]": [*TWO, "last"]}),
        ("second --variant One", {"second[One]": ONE}),
        ("docs/second.md:7", {"second[One]": ["first"]}),
        ("docs/second.md:25", {"second[One]": ONE[:-1]}),
    ],
)
def test_command_lines(site: Site, words: str, scenarios: dict[str, list[str]]) -> None:
    """Each option leaves what it says, and no more is left out."""
    assert selected(site, *words.split()) == scenarios


@pytest.mark.parametrize("line", range(16, 21))
def test_a_line_within_a_block_in_a_tab(site: Site, line: int) -> None:
    """A failure names the line of a command: the run stops before the block that has it."""
    assert selected(site, f"second:{line}") == {"second[Two]": ["first", "second"]}


def test_versions_of_the_settings(site: Site) -> None:
    """They count more than those of the lab, once those are known."""
    facts = {"podman": "6.0"}
    options = cli._parser().parse_args(["run", "third"])
    (scenario,) = selection.select(site, options, facts=facts)
    assert scenario.blocks[-1].skip is not None
    assert "this lab has 5.4" in scenario.blocks[-1].skip
    (scenario,) = selection.select(site, options, facts={})
    assert scenario.blocks[-1].skip is None


def test_hints_lead_back(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a failure prints stops before its block, also one of a file that pages include."""
    included = "```{include} part.inc.md\n```\n\n"
    tabs = "````{tabs}\n```{tab} One\n~~~bash\necho one\n~~~\n```\n"
    tabs += "```{tab} Two, new\n~~~bash\necho two\n~~~\n```\n````\n\n"
    tabs += "```bash\necho all\n```\n\n"
    before = "```{toctree}\nlater\n```\n\n```bash\necho a\n```\n\n"
    later = "# L\n\n```{prerequisites} index\n```\n\n````{tabs}\n"
    later += "```{tab} X\n~~~bash\necho x\n~~~\n```\n```{tab} Y\n~~~bash\necho y\n~~~\n```\n````\n"
    docs = sites.write(index=f"# T\n\n{before}{included}{tabs}", later=later)
    with (docs / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write("exclude_patterns = ['*.inc.md']\n")
    part = "<!-- a\nlong\ncomment -->\n\n```bash\necho b\n```\n\n```bash\necho c\n```\n"
    (docs / "part.inc.md").write_text(part, encoding="utf-8")
    monkeypatch.chdir(sites.root)
    site = sites.collect()
    places = set()
    for scenario in plan(site.pages):
        for number, block in enumerate(scenario.blocks):
            failure = Failure(location=block.location, command="", problem="it failed.")
            failed = dataclasses.replace(
                result(block, variant=scenario.variant_label), failure=failure
            )
            hint = describe_failure(failed).split("nox -s doctest -- ")[1].split("\n")[0]
            found = selected(site, *shlex.split(hint))
            assert [*found.values()] == [[b.text.split()[-1] for b in scenario.blocks[:number]]], (
                hint
            )
            places.add(str(block.location))
    assert {"docs/part.inc.md:5", "docs/part.inc.md:9"} < places
    assert len(places) == 8


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("index second:7", r"docs/second\.md:7: .* leave out the line, or run the other pages"),
        ("second:7 index", r"docs/second\.md:7: .* leave out the line, or run the other pages"),
        ("-k first --from second:25", r"--from second:25: .*docs/second\.md:24; leave out `-k`"),
        ("third --from second:25 --variant X", r"--from second:25: .*; leave out `-k`"),
        ("third --variant X", r"there is no tab 'X'; the pages chosen have none\."),
        ("--variant X", r"there is no tab 'X'; there are One, Two\."),
    ],
)
def test_nothing_is_left(site: Site, words: str, message: str) -> None:
    """What cannot be had together is refused, and nothing is left out in silence."""
    with pytest.raises(DoclabError, match=message):
        selected(site, *words.split())
