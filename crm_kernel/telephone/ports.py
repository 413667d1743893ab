"""The port `dialler`, by which a telephone system connects one of our people with a customer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Dial:
    """A call to be set up. `number` is `+8613800138000` or, for what is no mobile, as it was written.

    `caller` is who wants to speak: his `id` is our staff id, his `login` the code of that member of staff.
    `id` names the call, also in the access log.
    """

    id: str
    caller: Actor = field(repr=False)
    number: str = field(repr=False)


class NotDialled(Exception):
    """No call was set up; another attempt may succeed (busy, unreachable, the caller's telephone is off)."""


class Dialler(Protocol):
    """A telephone system. Most let the caller's own telephone ring first, then the customer's."""

    @property
    def ready(self) -> bool:
        """Whether anybody can be called at all; no button is shown where nobody can."""

    async def dial(self, call: Dial) -> None:
        """Set the call up within seconds, or raise NotDialled. The number must not be written down."""


class NoDialler:
    """No telephone system."""

    ready = False

    @public
    async def dial(self, call: Dial) -> None:
        """Nothing to dial with. Called by the service `telephone` only."""
        raise NotDialled
