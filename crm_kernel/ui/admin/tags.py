"""Tags of the dealership: which there are, their colours, which are still offered."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.errors import CrmError, Invalid, NotFound
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.tags import LONGEST, MANAGE, TagService, TagView
from crm_kernel.text import messages
from crm_kernel.ui.admin.dictionaries import COLORS
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest
from crm_kernel.ui.sheet import REFUSALS, Sheet, text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = "/admin/tags"
OFFERED = tuple((code, label) for code, label in COLORS if code not in ("", "gray"))


def tag_router(kernel: Kernel, renderer: Renderer) -> Router:
    """The tags' page."""
    pages = TagPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/")(pages.list_page),
            get("/new")(pages.new),
            post("/new")(pages.add),
            get("/edit")(pages.edit),
            post("/edit")(pages.change),
            post("/switch")(pages.switch),
        ],
        opt={"permission": MANAGE.name},
        include_in_schema=False,
    )


class TagPages(AdminRoom):
    """A tag is known by its name, which therefore stands in the question part of addresses."""

    @property
    def tags(self) -> TagService:
        """The service."""
        found: TagService = self.kernel.service("tags")
        return found

    async def list_page(self, request: AnyRequest, actor: Actor) -> Response[str]:
        found = sorted(await self.tags.list(actor), key=lambda tag: (not tag.active, tag.name))
        return await self.renderer.page(
            request, "crm/admin/tags.html", heading=translate(_("Tags")), rows=found, path=self.url(PATH)
        )

    async def new(self, request: AnyRequest) -> Response[str]:
        return self._new_form(request, None, None)

    def _new_form(self, request: AnyRequest, typed: Any, fault: CrmError | None) -> Response[str]:
        sheet = Sheet(typed, None, fault)
        sheet.field(
            "name", _("Name"), required=True, wide=True, extra={"autofocus": True, "maxlength": LONGEST}
        )
        sheet.field("color", _("Colour"), "select", options=OFFERED)
        return self.dialog(request, _("Add a tag"), sheet, f"{PATH}/new", save_label=_("Add"))

    async def add(self, request: AnyRequest, actor: Actor) -> Response[Any]:
        sent = await request.form()
        name = text_of(sent, "name")
        try:
            if name in {tag.name for tag in await self.tags.list(actor)}:
                raise Invalid.one("name", "taken", _("This tag is there already."))
            await self.tags.save(actor, name, color=text_of(sent, "color"))
        except REFUSALS as fault:
            return self._new_form(request, sent, fault)
        return self.done(request, PATH, _("{name} is added.")(name=name))

    async def edit(self, request: AnyRequest, actor: Actor) -> Response[str]:
        tag = await self._one(actor, request)
        return self._edit_form(request, tag, None, None)

    def _edit_form(
        self, request: AnyRequest, tag: TagView, typed: Any, fault: CrmError | None
    ) -> Response[str]:
        from urllib.parse import quote

        sheet = Sheet(typed, {"color": tag.color}, fault)
        sheet.field("color", _("Colour"), "select", options=OFFERED)
        return self.dialog(request, tag.name, sheet, f"{PATH}/edit?name={quote(tag.name, safe='')}")

    async def change(self, request: AnyRequest, actor: Actor) -> Response[Any]:
        sent = await request.form()
        tag = await self._one(actor, request)
        try:
            await self.tags.save(actor, tag.name, color=text_of(sent, "color"), active=tag.active)
        except REFUSALS as fault:
            return self._edit_form(request, tag, sent, fault)
        return self.done(request, PATH, _("Saved."))

    async def switch(self, request: AnyRequest, actor: Actor) -> Response[Any]:
        tag = await self._one(actor, request)
        await self.tags.save(actor, tag.name, color=tag.color, active=not tag.active)
        text = _("No longer offered; records that have it keep it.") if tag.active else _("Offered again.")
        return self.done(request, PATH, text)

    async def _one(self, actor: Actor, request: AnyRequest) -> TagView:
        for tag in await self.tags.list(actor):
            if tag.name == request.query_params.get("name"):
                return tag
        raise NotFound()
