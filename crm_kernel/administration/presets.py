"""The roles the product comes with, and what each may do from the first day.

Plugins say with `register_roles` what a preset may do with them. Where they name no record verb (view,
change, ...) of an entity for a preset, the defaults below hold for that entity. A default is granted once:
what administrators change afterwards stays changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from crm_kernel.access.models import Role, SeededGrant
from crm_kernel.access.policy import SUPER
from crm_kernel.actor import Scope
from crm_kernel.administration.explain import EXPLAIN_USE
from crm_kernel.administration.role_store import RoleStore, rule
from crm_kernel.contributions import Entity, RoleGrant
from crm_kernel.registry import RECORD_VERBS

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

NOTHING: Mapping[str, Scope] = MappingProxyType({})

WORKING = ("view", "create", "change", "history", "print", "reveal")
LEADING = (*WORKING, "delete", "restore", "import")


def _all(verbs: tuple[str, ...], scope: Scope, **others: Scope) -> Mapping[str, Scope]:
    return MappingProxyType({**dict.fromkeys(verbs, scope), **others})


@dataclass(frozen=True, slots=True)
class Preset:
    """A role as delivered: `records` are verbs on every entity, `permissions` further rights by name."""

    name: str
    records: Mapping[str, Scope] = field(default_factory=lambda: NOTHING, hash=False)
    permissions: Mapping[str, Scope] = field(default_factory=lambda: NOTHING, hash=False)
    everything: Scope | None = None
    """Every permission that is not reserved, within this scope."""


SHOP, DEPARTMENT, TEAM, OWN = Scope.DEALERSHIP, Scope.DEPARTMENT, Scope.TEAM, Scope.OWN

PRESETS = (
    Preset(SUPER),
    Preset("administrator", everything=SHOP),
    Preset(
        "general_manager",
        _all(LEADING, SHOP),
        MappingProxyType({EXPLAIN_USE: SHOP}),
    ),
    Preset(
        "customer_service_supervisor",
        _all(LEADING, SHOP),
        MappingProxyType({EXPLAIN_USE: SHOP}),
    ),
    Preset("service_agent", _all(WORKING, SHOP)),
    Preset("service_advisor", _all(WORKING, SHOP, change=DEPARTMENT)),
    Preset("sales_manager", _all(LEADING, SHOP)),
    Preset("sales_consultant", _all(WORKING, OWN)),
    Preset(
        "marketing",
        MappingProxyType({"view": SHOP, "create": SHOP, "change": OWN, "history": SHOP, "import": SHOP}),
    ),
)
WHOLESALE = frozenset(preset.name for preset in PRESETS if preset.everything is not None)
RECORD_WORDS = frozenset(verb for verb, _label, _reserved in RECORD_VERBS)


def defaults(kernel: Kernel) -> dict[str, dict[str, Scope]]:
    """What each preset may do with what runs now: role to permission to scope."""
    known = kernel.registry.permissions
    found: dict[str, dict[str, Scope]] = {}
    for preset in PRESETS:
        held = found[preset.name] = {}
        if preset.everything is not None:
            held.update({p.name: preset.everything for p in known.values() if not p.reserved})
        for entity in kernel.registry.of(Entity):
            for verb, scope in preset.records.items():
                if entity.permission(verb) in known:
                    held[entity.permission(verb)] = scope
        held.update({name: scope for name, scope in preset.permissions.items() if name in known})
    spoken: set[tuple[str, str]] = set()
    for grant in kernel.registry.of(RoleGrant):
        if grant.role not in found or grant.permission not in known or known[grant.permission].reserved:
            continue
        prefix, _dot, verb = grant.permission.rpartition(".")
        if verb in RECORD_WORDS and grant.role not in WHOLESALE and (grant.role, prefix) not in spoken:
            spoken.add((grant.role, prefix))
            for word in RECORD_WORDS:
                found[grant.role].pop(f"{prefix}.{word}", None)
        found[grant.role][grant.permission] = grant.scope
    return found


async def seed_presets(kernel: Kernel) -> int:
    """Create the preset roles and grant each default that was never granted before; tells how many.

    May run at every start: what was changed, taken away or deleted meanwhile is left alone.
    """
    store = RoleStore(kernel.db)
    wanted = defaults(kernel)
    if not _missing(wanted, await store.seeded()):
        return 0
    made = 0
    async with kernel.db.work(None, now=kernel.clock.now()) as work:
        await kernel.access.count(work)
        seeded = await store.seeded()
        existing = {role.name for role in await kernel.access.store.roles()}
        for name, permission in _missing(wanted, seeded):
            work.add(SeededGrant(role=name, permission=permission))
            if not permission:
                if name not in existing:
                    work.add(Role(name=name, label="", preset=True))
                    existing.add(name)
            elif name in existing:
                work.add(rule("p", f"r:{name}", permission, wanted[name][permission].label))
                made += 1
    return made


def _missing(
    wanted: Mapping[str, Mapping[str, Scope]], seeded: set[tuple[str, str]]
) -> list[tuple[str, str]]:
    """(role, permission) not granted yet; an empty permission stands for the role itself and comes first."""
    all_of_them = [(role, permission) for role in wanted for permission in ("", *sorted(wanted[role]))]
    return [pair for pair in all_of_them if pair not in seeded]
