"""A record as one file."""

from __future__ import annotations

from typing import Any

from litestar import Request, get

from crm_kernel.dossier.service import MEDIA_TYPE
from crm_kernel.ui.records.room import EntityRoom
from crm_kernel.web.extras.dossiers import pieces
from crm_kernel.web.extras.files import FileAnswer
from crm_kernel.web.parameters import CurrentActor, RecordId

AnyRequest = Request[Any, Any, Any]


class RecordDossier(EntityRoom):
    """The file of one entity's records."""

    def handlers(self) -> list[Any]:
        """One route; none where no files are made."""
        if not self.kernel.offers("dossiers"):
            return []
        return [get("/{id:uuid}/print", **self.needs("print"))(self.issue)]

    async def issue(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> FileAnswer:
        clear = request.query_params.get("clear") == "true"
        made = await self.kernel.service("dossiers").issue(actor, self.entity, id, clear=clear)
        return await FileAnswer.of(made.filename, MEDIA_TYPE, pieces(made.content), len(made.content))
