"""Forecourt's kernel. The names below are its public face; everything is imported when first used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "Access": "actor",
    "Actor": "actor",
    "Kernel": "kernel",
    "Scope": "actor",
    "Settings": "settings",
    "assemble": "assembly",
    "hookimpl": "hookspecs",
    "messages": "text",
    "permitted": "access.permitted",
    "public": "access.permitted",
}

__all__ = sorted(_PUBLIC)  # noqa: PLE0605
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(f"crm_kernel.{_PUBLIC[name]}"), name)
    raise AttributeError(name)
