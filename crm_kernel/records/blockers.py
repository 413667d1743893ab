"""Open business of other modules that forbids deleting a record."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.actor import Access
from crm_kernel.contributions import Blocker, Entity, OpenBusiness
from crm_kernel.errors import Conflict
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")
log = logging.getLogger("crm.records")


async def refuse_open_business(kernel: Kernel, access: Access, entity: Entity, id: UUID) -> None:
    """Raises Conflict, naming what is open and where, if any running module still works on the record.

    A module that cannot answer stands in the way, too: what it knows would be lost otherwise.
    """
    found: list[OpenBusiness] = []
    for plugin, blocker in kernel.registry.owned(Blocker):
        if blocker.entity != entity.name:
            continue
        try:
            found += [open_ for open_ in await blocker.find(kernel, access, id) if open_.count]
        except Exception:
            log.exception("blocker failed", extra={"plugin": plugin, "entity": entity.name})
            found.append(OpenBusiness(_("{plugin} does not answer")(plugin=plugin), 1, ""))
    if found:
        raise Conflict(
            _("This record is still in use. Finish or close what is open first."),
            code="open_business",
            open=[{"label": one.label, "count": one.count, "path": one.path} for one in found],
        )
