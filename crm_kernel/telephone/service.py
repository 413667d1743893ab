"""The service `telephone`: calls whoever a record is about, without showing his number."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access, Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import Conflict, Unavailable
from crm_kernel.logs import describe
from crm_kernel.telephone.permissions import CALL
from crm_kernel.telephone.ports import Dial, Dialler, NotDialled
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel
    from crm_kernel.records.service import RecordService

_ = messages("kernel")
log = logging.getLogger("crm.telephone")

SECONDS = 10.0
"""How long a telephone system may take to begin."""


class TelephoneService:
    """Every call is in the access log before the telephone system hears of it."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._dialler: Dialler = kernel.service("dialler")

    @public
    def offered(self, actor: Actor) -> bool:
        """Whether somebody is to see a button: there is a telephone system, and he may use it."""
        return bool(self._dialler.ready) and actor.may(CALL)

    @permitted(CALL)
    async def call(self, access: Access, entity: Entity | str, id: UUID, field: str) -> str:
        """Set up a call from the actor to a number of a record; gives the call's id.

        Raises NotFound for a record out of reach, Invalid for a field that holds no number, Conflict where
        no telephone system is connected, Unavailable when it does not take the call.
        """
        if not self._dialler.ready:
            raise Conflict(_("No telephone system is connected here."), code="no_telephone")
        records: RecordService = self._kernel.service("records")
        call = uuid7().hex
        number = await records.dialled(access.actor, entity, id, field, call=call)
        try:
            await asyncio.wait_for(self._dialler.dial(Dial(call, access.actor, number)), SECONDS)
        except Exception as fault:
            known = {} if isinstance(fault, NotDialled) else describe(fault)
            log.warning("a call was not set up", extra={"call": call, **known})
            text = _("The telephone system did not take the call. Try again in a moment.")
            raise Unavailable(text) from fault
        return call
