# SPDX-License-Identifier: Apache-2.0
"""The page about doclab names each setting, with its type and its default."""

from __future__ import annotations

import ast
import re
from unittest.mock import Mock

from conftest import TESTS

import doclab

PAGE = TESTS.parent / "docs" / "reference" / "blocks.md"
INTERNAL = {"doclab_ledger_digest"}
TYPES = {"a list": list, "a text": str, "a path": str, "a dictionary": dict, "a number": float}


def test_settings() -> None:
    """And none that there is not."""
    app = Mock()
    doclab.setup(app)
    calls = [call.args for call in app.add_config_value.call_args_list]
    defaults = {name: default for name, default, *_ in calls if name not in INTERNAL}
    section = PAGE.read_text(encoding="utf-8").partition("\n## Settings\n")[2]
    rows = re.findall(r"^\| `(doclab_\w+)` \| ([a-z ]+) \| `(.+?)` \|", section, re.MULTILINE)
    assert {name: ast.literal_eval(default) for name, _, default in rows} == defaults
    assert all(isinstance(defaults[name], TYPES[kind]) for name, kind, _ in rows)
