# SPDX-License-Identifier: Apache-2.0
"""The manifests of the page that leads to Kubernetes are what Kubernetes takes."""

from __future__ import annotations

from pathlib import Path

import kubernetes_validate
import pytest
import yaml

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "kubernetes"
OBJECTS = [
    pytest.param(found, id=f"{path.stem}-{found['kind']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for found in yaml.safe_load_all(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("found", OBJECTS)
def test_each_object_is_valid(found: dict[str, object]) -> None:
    """By the schemas of Kubernetes, and without a field that these do not know."""
    kubernetes_validate.validate(found, kubernetes_validate.latest_version(), strict=True)


def test_all_kinds_are_there() -> None:
    """What runs, what leads to it, and what keeps others away, for both programs."""
    assert sorted(str(parameter.id) for parameter in OBJECTS) == [
        f"{name}-{kind}"
        for name in ("whoami", "workerd")
        for kind in ("Deployment", "NetworkPolicy", "Service")
    ]
