"""Built once, used by every test that looks at what is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installed import build_all, fresh


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The wheel of every distribution."""
    return build_all(tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="session")
def installed(wheels: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with our wheels."""
    return fresh(tmp_path_factory.mktemp("fresh") / "venv", wheels)
