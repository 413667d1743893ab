"""Names for the ids and codes that stand as values in the change log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from crm_kernel.actor import Actor
from crm_kernel.administration.role_labels import role_label
from crm_kernel.contributions import Entity
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.ui.admin.scopes import SCOPE_LABELS
from crm_kernel.ui.records.display import reference_labels

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def ids_named(kernel: Kernel, actor: Actor, fields: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """People and dealerships that values point at, by id."""
    shops = (await kernel.access.policy()).shops.values()
    known = {str(shop.id): shop.name for shop in shops}
    values = {one[side] for one in fields for side in ("before", "after")}
    people = {value for value in values if ID.fullmatch(value)} - known.keys()
    return known | await reference_labels(kernel, actor, "staff", people) if people else known


async def codes_named(kernel: Kernel) -> dict[str, str]:
    """Modules, record types, permissions, scopes and roles as administration's own entries name them."""
    registry = kernel.registry
    codes = {p.name: translate(p.manifest.label) for p in kernel.plugins.running if p.manifest}
    codes |= {entity.name: translate(entity.label) for entity in registry.of(Entity)}
    codes |= {name: translate(permission.label) for name, permission in registry.permissions.items()}
    codes |= {scope.label: translate(label) for scope, label in SCOPE_LABELS.items()}
    return codes | {role.name: translate(role_label(role)) for role in await kernel.access.store.roles()}


def in_words(
    fields: Sequence[Mapping[str, str]], names: Mapping[str, str], codes: Mapping[str, str]
) -> list[dict[str, str]]:
    """Fields with their values named; with `codes` also labels, and ids nobody knows are left out."""
    found = []
    for one in fields:
        after = names.get(one["after"], codes.get(one["after"], one["after"]))
        if codes and ID.fullmatch(after):
            continue
        before = names.get(one["before"], codes.get(one["before"], one["before"]))
        found.append({"label": codes.get(one["label"], one["label"]), "before": before, "after": after})
    return found
