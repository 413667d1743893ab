"""The project's own packages, whose wordings are collected."""

from __future__ import annotations

from pathlib import Path

from crm_kernel.testing import wordings

ROOT = Path(__file__).parents[2]


def packages() -> list[Path]:
    """The import packages of all distributions."""
    return [
        ROOT / "crm_kernel",
        *sorted(ROOT.glob("plugins/*/crm_*")),
        *sorted(ROOT.glob("adapters/*/crm_*")),
    ]


def domains() -> list[wordings.Domain]:
    """Every domain of the project."""
    return wordings.domains(packages())
