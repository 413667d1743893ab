"""The page that says of a file whether it was issued here."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile

from crm_kernel.dossier.service import CHECK, Checked, Dossiers
from crm_kernel.errors import CrmError, Invalid
from crm_kernel.i18n import formats, translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.ui.room import PageRoom
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.extras.dossiers import LARGEST
from crm_kernel.web.parameters import CurrentActor
from crm_kernel.web.router import Router

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]
PATH = "/admin/files"


def dossier_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Checking files."""
    pages = CheckPage(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[get("/")(pages.show), post("/", request_max_body_size=LARGEST)(pages.check)],
        opt={"permission": CHECK.name},
        include_in_schema=False,
    )


class CheckPage(PageRoom):
    """Give a file, read whether and when it was issued."""

    @property
    def dossiers(self) -> Dossiers:
        """The service."""
        found: Dossiers = self.kernel.service("dossiers")
        return found

    async def show(self, request: AnyRequest) -> Response[str]:
        return await self._page(request, None, "", None)

    async def check(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        sent = await request.form()
        file, digest = sent.get("file"), str(sent.get("sha256", "")).strip()
        try:
            if isinstance(file, UploadFile) and file.filename:
                found = await self.dossiers.check(actor, await file.read())
                return await self._page(request, found, file.filename, None)
            if not digest:
                raise Invalid.one("file", "required", _("Choose a file."))
            return await self._page(request, await self.dossiers.check_digest(actor, digest), digest, None)
        except CrmError as fault:
            return await self._page(request, None, "", fault)

    async def _page(
        self, request: AnyRequest, found: Checked | None, name: str, fault: CrmError | None
    ) -> Response[str]:
        message = fault.errors[0].message if isinstance(fault, Invalid) else fault and fault.message
        return await self.renderer.page(
            request,
            "crm/dossier/check.html",
            status=422 if fault else 200,
            heading=translate(_("Check a file")),
            checked=found,
            name=name,
            issued=[self._line(one) for one in found.issued] if found else [],
            fault=translate(message) if message else None,
            here=self.url(PATH),
        )

    def _line(self, one: Any) -> dict[str, Any]:
        entity = self.kernel.registry.entity(one.entity)
        return {
            "at": formats.moment(one.issued_at),
            "by": one.issued_by,
            "record": one.title or (translate(entity.label) if entity else one.entity),
            "url": self.url(f"/{entity.plural}/{one.record_id}") if entity and one.title else "",
            "clear": one.clear,
        }
