"""Which kinds of approvals exist for a person."""

from __future__ import annotations

from crm_kernel.actor import Actor
from crm_kernel.contributions import ApprovalKind, Entity
from crm_kernel.kernel import Kernel


def kinds_here(kernel: Kernel, actor: Actor) -> list[ApprovalKind]:
    """The kinds of the modules that are switched on in the person's dealership."""
    return [kind for plugin, kind in _owned(kernel) if plugin not in actor.grants.modules_off]


def kinds_for(kernel: Kernel, actor: Actor, entity: Entity) -> list[ApprovalKind]:
    """What the person may ask for about a record: the kinds of the module the record belongs to."""
    owner = next((plugin for plugin, one in kernel.registry.owned(Entity) if one.name == entity.name), None)
    return [kind for plugin, kind in _owned(kernel) if plugin == owner and actor.may(kind.permission)]


def _owned(kernel: Kernel) -> list[tuple[str, ApprovalKind]]:
    return list(kernel.registry.owned(ApprovalKind))
