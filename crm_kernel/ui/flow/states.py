"""The states of an entity's flow as lists, filters and badges name them."""

from __future__ import annotations

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity, Flow
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel

PLAIN = "gray"
"""The colour of a state that has none of its own; states are badges everywhere."""


def flow_of(kernel: Kernel, entity: Entity) -> Flow | None:
    """The flow the records of an entity follow."""
    return kernel.registry.flow_of(entity.name)


async def state_words(kernel: Kernel, actor: Actor, entity: Entity) -> dict[str, dict[str, tuple[str, str]]]:
    """The column that holds the state, its codes with (label, colour) as the dealership has them."""
    flow = flow_of(kernel, entity)
    if flow is None or not actor.may(entity.permission("view")):
        return {}
    states = await kernel.service("flows").states(actor, entity)
    return {flow.state: {one.key: (translate(one.label), one.color or PLAIN) for one in states}}


def has_board(kernel: Kernel, entity: Entity) -> bool:
    """Whether an entity's records can stand on a board: they follow a flow and its state can be filtered."""
    flow = flow_of(kernel, entity)
    names = {field.name for field in entity.fields if field.filter}
    return flow is not None and flow.state in names and (flow.due is None or flow.due in names)
