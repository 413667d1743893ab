"""What belongs to a module: its tables, and the names under which the kernel's tables speak of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table

from crm_kernel.errors import Conflict, NotFound
from crm_kernel.registry import entity_permissions
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel
    from crm_kernel.plugins import Plugin

_ = messages("kernel")


@dataclass(frozen=True, slots=True)
class Belongings:
    """A module's tables and, by kind (`entity`, `permission`, `subscription`, ...), the names it owns."""

    plugin: str
    version: str
    tables: tuple[Table, ...]
    names: Mapping[str, frozenset[str]]


def belongings(kernel: Kernel, name: str) -> Belongings:
    """What belongs to a module that is installed, in quarantine too.

    Raises NotFound for a module that is not there or is part of the kernel, Conflict when it cannot be
    imported or does not say what it brings.
    """
    if name not in kernel.plugins or kernel.plugins[name].builtin:
        raise NotFound(_("There is no module {name}.")(name=name))
    plugin = kernel.plugins[name]
    if plugin.manifest is None:
        raise Conflict(
            _("{name} cannot be imported: {reason}. Install a version that can, then remove it.")(
                name=name, reason=plugin.reason
            ),
            code="unreadable",
        )
    entities = _asked(kernel, plugin, "register_entities")
    permissions = _asked(kernel, plugin, "register_permissions")
    permissions += [right for entity in entities for right in entity_permissions(entity)]
    importers = {one.kind for one in _asked(kernel, plugin, "register_importers")}
    return Belongings(
        plugin=name,
        version=plugin.version,
        tables=tuple(model.__table__ for model in _asked(kernel, plugin, "register_models")),
        names={
            "plugin": frozenset((name,)),
            "entity": _names(entities),
            "field": frozenset(f"field:{entity.name}." for entity in entities),
            "permission": _names(permissions),
            "subscription": _names(_asked(kernel, plugin, "register_subscriptions")),
            "job": _names(_asked(kernel, plugin, "register_jobs")),
            "dictionary": _names(_asked(kernel, plugin, "register_dictionaries")),
            "notification": _names(_asked(kernel, plugin, "register_notifications")),
            "import": frozenset(importers | {one.plural.replace("-", "_") for one in entities}),
        },
    )


def _asked(kernel: Kernel, plugin: Plugin, hook: str) -> list[Any]:
    try:
        return list(kernel.plugins.call(plugin, hook) or ())
    except Exception as fault:
        raise Conflict(
            _("{hook} of {name} fails: {fault}. Install a version that works, then remove it.")(
                hook=hook, name=plugin.name, fault=fault
            ),
            code="unreadable",
        ) from fault


def _names(values: Iterable[Any]) -> frozenset[str]:
    return frozenset(value.name for value in values)
