"""docs/public-surface.txt: every name outsiders may rely on, one a line, so that a change to one is seen."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import crm_kernel
from crm_kernel import contracts, contributions, deprecation, hookspecs
from crm_kernel.testing import fakes
from crm_kernel.testing import plugin as fixtures
from crm_kernel.testing.contract import CHECKS

INTRODUCTION = """\
# What outsiders may rely on. Written by `make docs`; a change to a line is a change to the contract.
# Lines are added freely; one goes only after its deprecation has warned for a minor version (docs/stability.md).
"""


def page() -> str:
    """All lines, by group and name."""
    groups = (
        _names(),
        _hooks(),
        _values(),
        _contracts(),
        _testing(),
        _deprecations(),
    )
    return INTRODUCTION + "".join(
        "\n" + "\n".join(sorted(group)) + "\n" for group in map(list, groups) if group
    )


def _names() -> Iterator[str]:
    for name in crm_kernel.__all__:
        thing = getattr(crm_kernel, name)
        yield f"name crm_kernel.{name}{_signature(thing) if callable(thing) else ''}"
        if inspect.isclass(thing):
            for method, member in vars(thing).items():
                if not method.startswith("_") and (
                    callable(member) or isinstance(member, property | classmethod)
                ):
                    yield f"name crm_kernel.{name}.{method}{_signature(member)}"


def _hooks() -> Iterator[str]:
    for name, function in inspect.getmembers(hookspecs, inspect.isfunction):
        if hasattr(function, f"{hookspecs.PROJECT}_spec"):
            yield f"hook {name}{_signature(function)}"


def _values() -> Iterator[str]:
    for name, kind in inspect.getmembers(contributions, dataclasses.is_dataclass):
        for field in dataclasses.fields(kind):
            yield f"value {name}.{field.name}: {field.type}{'' if _required(field) else ' (optional)'}"


def _required(field: dataclasses.Field[object]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _contracts() -> Iterator[str]:
    for name in contracts.__all__:
        kind = getattr(contracts, name)
        fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
        yield from (f"contract {name}.{field.name}: {field.type}" for field in fields)
        for method, member in vars(kind).items():
            if inspect.isfunction(member) and not method.startswith("_"):
                yield f"contract {name}.{method}{_signature(member)}"


def _testing() -> Iterator[str]:
    for name, member in vars(fixtures).items():
        if type(member).__name__ == "FixtureFunctionDefinition":
            yield f"testing fixture {name}"
    yield from (f"testing fake {name}" for name in fakes.Fakes().overrides())
    yield from (f"testing check {check.name} ({check.level.name.lower()})" for check in CHECKS)


def _deprecations() -> Iterator[str]:
    for module in pkgutil.walk_packages(crm_kernel.__path__, "crm_kernel."):
        if ".migrations." not in module.name:
            importlib.import_module(module.name)
    yield from (f"deprecated {one}" for one in deprecation.ANNOUNCED)


def _signature(thing: object) -> str:
    if isinstance(thing, property):
        return ""
    if isinstance(thing, classmethod):
        thing = thing.__func__
    try:
        return str(inspect.signature(thing)).replace("'", "")  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return ""
