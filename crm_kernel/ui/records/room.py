"""What the groups of handlers of one entity's pages share."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response

from crm_kernel.contributions import Entity
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.service import RecordService
from crm_kernel.ui.records.listing import ListPage
from crm_kernel.ui.room import PageRoom
from crm_kernel.ui.templating import Renderer, is_htmx

AnyRequest = Request[Any, Any, Any]


class EntityRoom(PageRoom):
    """Handlers of the pages of one entity. `path` is that of its list, the public prefix included."""

    def __init__(self, kernel: Kernel, renderer: Renderer, entity: Entity) -> None:
        super().__init__(kernel, renderer)
        self.entity = entity
        self.path = self.url(f"/{entity.plural}")

    @property
    def records(self) -> RecordService:
        """The service behind every record."""
        found: RecordService = self.kernel.service("records")
        return found

    def needs(self, verb: str) -> dict[str, Any]:
        """What a handler says of itself when it takes the right to a verb of the entity."""
        return {"opt": {"permission": self.entity.permission(verb)}}

    async def listed(
        self, request: AnyRequest, page: ListPage, listed: dict[str, Any], actions: list[Any]
    ) -> Response[str]:
        """The page around a list or a board, or only its region where that is all that was asked for."""
        if is_htmx(request) and request.headers.get("hx-target") == "list":
            return self.renderer.part(request, "crm/parts/list_region.html", list=listed)
        asked = f"?{page.query_string}" if page.query_string else ""
        return await self.renderer.page(
            request,
            "crm/records/list.html",
            heading=translate(self.entity.plural_label),
            list=listed,
            filter_url=f"{self.path}/filter{asked}",
            columns_url=f"{self.path}/columns{asked}",
            actions=actions,
        )
