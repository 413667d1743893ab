"""Who of the demo dealership takes complaints down, who handles them, who decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_complaint.permissions import ASSIGN, FORCE_CLOSE, HANDLE
from crm_kernel.actor import Actor

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel


@dataclass(frozen=True, slots=True)
class People:
    """By what they may do; where nobody else is there, the demo account does everything itself."""

    clerks: tuple[Actor, ...]
    handlers: tuple[Actor, ...]
    manager: Actor

    @classmethod
    async def at(cls, kernel: Kernel, actor: Actor) -> People:
        """Those of the actor's dealership."""
        organisation: Any = kernel.service("organisation")
        known = [
            await kernel.access.actor(person, actor.dealership_id, via="cli")
            for person, _name in sorted(await organisation.colleagues(actor), key=lambda one: one[1])
            if person != actor.id
        ]
        clerks = tuple(one for one in known if one.may(ASSIGN) and not one.may(FORCE_CLOSE))
        handlers = tuple(one for one in known if one.may(HANDLE) and not one.may(ASSIGN))
        managers = [one for one in known if one.may(FORCE_CLOSE)]
        return cls(clerks or (actor,), handlers or (actor,), managers[0] if managers else actor)

    async def read_all(self, kernel: Kernel) -> None:
        """Nobody's inbox begins with what was only told."""
        if kernel.offers("notifications"):
            for one in (*self.clerks, *self.handlers, self.manager):
                await kernel.service("notifications").mark_read(one)
