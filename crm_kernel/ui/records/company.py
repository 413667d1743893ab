"""Who else has the record open, and whether it changed since the page was drawn: asked again by the page."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from crm_kernel.i18n import translate
from crm_kernel.records.presence.service import Neighbour
from crm_kernel.text import messages
from crm_kernel.ui.records.room import EntityRoom
from crm_kernel.web.parameters import CurrentActor, RecordId

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]


class RecordCompany(EntityRoom):
    """Presence on one entity's records."""

    def handlers(self) -> list[Any]:
        """One route; none where presence is not kept."""
        if not self.kernel.offers("presence"):
            return []
        return [get("/{id:uuid}/presence", **self.needs("view"))(self.presence)]

    async def presence(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        """The neighbours in words, and a way to look again when the record is newer than the page."""
        params = request.query_params
        others = await self.kernel.service("presence").here(
            actor, self.entity, id, editing=params.get("editing") == "1"
        )
        record = await self.records.get(actor, self.entity, id)
        seen = params.get("version", "")
        return self.renderer.part(
            request,
            "crm/records/presence.html",
            neighbours=[_words(one) for one in others],
            newer=seen.isdigit() and int(seen) < record.version,
        )


def _words(one: Neighbour) -> str:
    wording = _("{name} is editing this") if one.editing else _("{name} is here too")
    return translate(wording(name=one.name))
