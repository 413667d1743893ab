"""A mail that somebody got elsewhere, pasted as text: it becomes a complaint like one that was read."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from crm_kernel.errors import CrmError
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.ui.room import AnyRequest, PageRoom
from crm_kernel.ui.sheet import REFUSALS, Sheet
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.parameters import CurrentActor
from crm_kernel.web.router import Router

_ = messages("complaint")

PATH = "/complaint-mail"


def paste_router(kernel: Kernel, renderer: Renderer) -> Router:
    """The page."""
    pages = PastedMail(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[get("/paste")(pages.form), post("/paste")(pages.take)],
        opt={"permission": "complaint.create"},
        include_in_schema=False,
    )


class PastedMail(PageRoom):
    """One field, one button."""

    async def form(self, request: AnyRequest) -> Response[str]:
        return await self._form(request, None, None)

    async def _form(self, request: AnyRequest, sent: Any, fault: CrmError | None) -> Response[str]:
        sheet = Sheet(sent, None, fault)
        sheet.field(
            "text",
            _("Text of the mail"),
            "textarea",
            required=True,
            wide=True,
            hint=_("With its head lines (From, Subject), if you have them."),
            extra={"autofocus": True, "rows": 16},
        )
        return await self.renderer.page(
            request,
            "complaint/pasted_mail.html",
            status=sheet.status,
            heading=translate(_("Take a mail down")),
            controls=sheet.controls,
            fault=sheet.message,
            save_url=self.url(f"{PATH}/paste"),
            back_url=self.url("/complaints"),
        )

    async def take(self, request: AnyRequest, actor: CurrentActor) -> Response[Any]:
        sent = await request.form()
        try:
            case = await self.kernel.service("complaint.mail").paste(actor, str(sent.get("text", "")))
        except REFUSALS as fault:
            return await self._form(request, sent, fault)
        return self.done(request, f"/complaints/{case}", _("The mail is taken down."))
