"""What modules offer somebody to do, beside their menu entries."""

from __future__ import annotations

from collections.abc import Sequence

from crm_kernel.actor import Actor
from crm_kernel.contributions import SearchAction
from crm_kernel.kernel import Kernel
from crm_kernel.ui.menu import place_of


def offered(kernel: Kernel, actor: Actor, entity: str | None = None) -> Sequence[SearchAction]:
    """What the person may do in switched-on modules, in the order of the menu; all of it, or an entity's."""
    off = actor.grants.modules_off
    actions = [
        action
        for plugin, action in kernel.registry.owned(SearchAction)
        if entity in (None, action.entity) and plugin not in off and actor.may(action.permission)
    ]
    return sorted(actions, key=lambda one: place_of(kernel, one.path.partition("?")[0]))
