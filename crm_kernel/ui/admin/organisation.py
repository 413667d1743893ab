"""The organisation as a tree: groups, their regions, the dealerships; adding, renaming, moving, closing."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from litestar import Response, get, post

from crm_kernel.access.organisation import Dealership, Group, Region
from crm_kernel.actor import Actor
from crm_kernel.administration.permissions import ORGANISATION_MANAGE
from crm_kernel.administration.staff import OrganisationService
from crm_kernel.errors import CrmError, NotFound
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import Text, messages
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest, Tab
from crm_kernel.ui.sheet import REFUSALS, Sheet, id_of, text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = "/admin/organisation"
TABS: tuple[Tab, ...] = (
    (PATH, _("Structure"), ORGANISATION_MANAGE),
    ("/admin/staff", _("Staff"), ORGANISATION_MANAGE),
)
LANGUAGES = (("zh-CN", "简体中文"), ("en", "English"))
KINDS: dict[str, Text] = {"group": _("Group"), "region": _("Region")}


def organisation_router(kernel: Kernel, renderer: Renderer) -> Router:
    """The tree and what its buttons do."""
    pages = OrganisationPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/")(pages.tree),
            get("/{kind:str}/new")(pages.new_part),
            post("/{kind:str}/new")(pages.add_part),
            get("/{kind:str}/{id:uuid}/rename")(pages.rename_form),
            post("/{kind:str}/{id:uuid}/rename")(pages.rename),
            get("/dealerships/new")(pages.new_dealership),
            post("/dealerships/new")(pages.add_dealership),
            get("/dealerships/{id:uuid}/edit")(pages.edit_dealership),
            post("/dealerships/{id:uuid}/edit")(pages.change_dealership),
            get("/dealerships/{id:uuid}/move")(pages.move_form),
            post("/dealerships/{id:uuid}/move")(pages.move),
            post("/dealerships/{id:uuid}/{act:str}")(pages.set_open),
        ],
        opt={"permission": ORGANISATION_MANAGE},
        include_in_schema=False,
    )


class OrganisationPages(AdminRoom):
    """One page shows everything within reach; each change is a dialog over it."""

    @property
    def organisation(self) -> OrganisationService:
        """The service."""
        found: OrganisationService = self.kernel.service("organisation")
        return found

    async def tree(self, request: AnyRequest, actor: Actor) -> Response[str]:
        groups = await self.organisation.groups(actor)
        regions = await self.organisation.regions(actor)
        shops = await self.organisation.dealerships(actor)
        return await self.renderer.page(
            request,
            "crm/admin/organisation.html",
            heading=translate(_("Organisation and staff")),
            tabs=self.tabs(actor, TABS, PATH),
            lines=tree_lines(groups, regions, shops),
            path=self.url(PATH),
            may_all=await self.everywhere(actor, ORGANISATION_MANAGE),
        )

    # Groups and regions

    async def new_part(self, request: AnyRequest, actor: Actor, kind: str) -> Response[str]:
        return await self._part_form(request, actor, kind, {"group_id": request.query_params.get("group_id")})

    async def _part_form(
        self,
        request: AnyRequest,
        actor: Actor,
        kind: str,
        stored: dict[str, Any],
        typed: Any = None,
        fault: CrmError | None = None,
    ) -> Response[str]:
        if kind not in KINDS:
            raise NotFound()
        sheet = Sheet(typed, stored, fault)
        sheet.field("name", _("Name"), required=True, wide=True, extra={"autofocus": True})
        sheet.field("code", _("Code"), required=True, hint=_("Letters and digits, used once only."))
        if kind == "region":
            groups = [(one.id, one.name) for one in await self.organisation.groups(actor)]
            sheet.field("group_id", _("Group"), "select", options=groups, required=True)
        title = _("Add a group") if kind == "group" else _("Add a region")
        return self.dialog(request, title, sheet, f"{PATH}/{kind}/new", save_label=_("Add"))

    async def add_part(self, request: AnyRequest, actor: Actor, kind: str) -> Response[Any]:
        sent = await request.form()
        name, code = text_of(sent, "name"), text_of(sent, "code")
        try:
            if kind == "group":
                await self.organisation.create_group(actor, code, name)
            elif kind == "region":
                group = id_of(sent, "group_id")
                if group is None:
                    raise NotFound(_("There is no such group. Add a group first."))
                await self.organisation.create_region(actor, group, code, name)
            else:
                raise NotFound()
        except REFUSALS as fault:
            return await self._part_form(request, actor, kind, {}, sent, fault)
        return self.done(request, PATH, _("{name} is added.")(name=name))

    async def rename_form(self, request: AnyRequest, kind: str, id: UUID) -> Response[str]:
        return self._rename_form(request, kind, id, {"name": request.query_params.get("name", "")})

    def _rename_form(
        self,
        request: AnyRequest,
        kind: str,
        id: UUID,
        stored: dict[str, Any],
        typed: Any = None,
        fault: CrmError | None = None,
    ) -> Response[str]:
        sheet = Sheet(typed, stored, fault)
        sheet.field("name", _("Name"), required=True, wide=True, extra={"autofocus": True})
        return self.dialog(request, _("Rename"), sheet, f"{PATH}/{kind}/{id}/rename", save_label=_("Rename"))

    async def rename(self, request: AnyRequest, actor: Actor, kind: str, id: UUID) -> Response[Any]:
        sent = await request.form()
        name = text_of(sent, "name")
        try:
            await self.organisation.rename(actor, kind, id, name)
        except REFUSALS as fault:
            return self._rename_form(request, kind, id, {}, sent, fault)
        back = self.back_to(request, "/admin/dealerships" if kind in ("department", "team") else PATH)
        return self.done(request, back, _("It is called {name} now.")(name=name))

    # Dealerships

    async def new_dealership(self, request: AnyRequest, actor: Actor) -> Response[str]:
        settings = self.kernel.settings
        stored = {
            "timezone": settings.timezone,
            "currency": settings.currency,
            "locale": settings.locale,
            "place": request.query_params.get("place", ""),
        }
        return await self._dealership_form(request, actor, None, stored)

    async def edit_dealership(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        shop = await self.one(actor, id)
        names = ("name", "code", "timezone", "currency", "locale")
        return await self._dealership_form(request, actor, id, {name: getattr(shop, name) for name in names})

    async def _dealership_form(
        self,
        request: AnyRequest,
        actor: Actor,
        id: UUID | None,
        stored: dict[str, Any],
        typed: Any = None,
        fault: CrmError | None = None,
    ) -> Response[str]:
        sheet = Sheet(typed, stored, fault)
        sheet.field("name", _("Name"), required=True, wide=True, extra={"autofocus": True})
        sheet.field("code", _("Code"), required=True, hint=_("Letters and digits, as on the command line."))
        if id is None:
            places = await self._places(actor)
            sheet.field("place", _("Belongs to"), "select", options=places, required=True)
        zones = [(zone, zone) for zone in sorted(available_timezones())]
        sheet.field("timezone", _("Time zone"), "combobox", options=zones, required=True)
        sheet.field("currency", _("Currency"), required=True, extra={"maxlength": 3})
        sheet.field("locale", _("Language"), "select", options=LANGUAGES, required=True)
        if id is None:
            title, label, path = _("Add a dealership"), _("Add"), f"{PATH}/dealerships/new"
        else:
            title, label, path = _("Edit the dealership"), _("Save"), f"{PATH}/dealerships/{id}/edit"
        return self.dialog(request, title, sheet, path, save_label=label)

    async def add_dealership(self, request: AnyRequest, actor: Actor) -> Response[Any]:
        sent = await request.form()
        try:
            group, region = place_of(sent)
            shop = await self.organisation.create_dealership(
                actor,
                text_of(sent, "code"),
                text_of(sent, "name"),
                group_id=group,
                region_id=region,
                **_settings(sent),
            )
        except REFUSALS as fault:
            return await self._dealership_form(request, actor, None, {}, sent, fault)
        return self.done(request, f"/admin/dealerships/{shop.id}", _("{name} is added.")(name=shop.name))

    async def change_dealership(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        sent = await request.form()
        values = {"name": text_of(sent, "name"), "code": text_of(sent, "code"), **_settings(sent)}
        try:
            await self.organisation.change_dealership(actor, id, **values)
        except REFUSALS as fault:
            return await self._dealership_form(request, actor, id, {}, sent, fault)
        return self.done(request, self._back(request), _("Saved."))

    async def move_form(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        shop = await self.one(actor, id)
        return await self._move_form(request, actor, shop, None, None)

    async def _move_form(
        self, request: AnyRequest, actor: Actor, shop: Dealership, typed: Any, fault: CrmError | None
    ) -> Response[str]:
        stored = {"place": f"r:{shop.region_id}" if shop.region_id else f"g:{shop.group_id or ''}"}
        sheet = Sheet(typed, stored, fault)
        sheet.field("place", _("Belongs to"), "select", options=await self._places(actor), required=True)
        text = _("Rights that reach over a group or region, and sharing within the group, follow at once.")
        title = _("Move {name}")(name=shop.name)
        path = f"{PATH}/dealerships/{shop.id}/move"
        return self.dialog(request, title, sheet, path, save_label=_("Move"), text=text)

    async def move(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        sent = await request.form()
        shop = await self.one(actor, id)
        try:
            group, region = place_of(sent)
            await self.organisation.move_dealership(actor, id, group_id=group, region_id=region)
        except REFUSALS as fault:
            return await self._move_form(request, actor, shop, sent, fault)
        return self.done(request, self._back(request), _("{name} is moved.")(name=shop.name))

    async def set_open(self, request: AnyRequest, actor: Actor, id: UUID, act: str) -> Response[Any]:
        if act not in ("open", "close"):
            raise NotFound()
        shop = await self.one(actor, id)
        await self.organisation.set_dealership_active(actor, id, act == "open")
        text = _("{name} is open again.") if act == "open" else _("{name} is closed.")
        return self.done(request, self._back(request), text(name=shop.name))

    async def one(self, actor: Actor, id: UUID) -> Dealership:
        """A dealership within reach. Raises NotFound."""
        for shop in await self.organisation.dealerships(actor):
            if shop.id == id:
                return shop
        raise NotFound()

    def _back(self, request: AnyRequest) -> str:
        back = self.back_to(request, "/admin/dealerships")
        return PATH if back == "/admin/dealerships" else back

    async def _places(self, actor: Actor) -> list[tuple[str, str]]:
        """Where a dealership may belong: `g:<group>`, `r:<region>`, or `g:` for no group."""
        regions = await self.organisation.regions(actor)
        found = []
        if await self.everywhere(actor, ORGANISATION_MANAGE):
            found.append(("g:", translate(_("No group"))))
        for group in await self.organisation.groups(actor):
            found.append((f"g:{group.id}", group.name))
            found += [(f"r:{r.id}", f"{group.name} · {r.name}") for r in regions if r.group_id == group.id]
        return found


def place_of(sent: Any) -> tuple[UUID | None, UUID | None]:
    """Group and region as `place` names them. Raises Invalid."""
    kind, _colon, _id = text_of(sent, "place").partition(":")
    chosen = id_of({"place": _id}, "place")
    return (None, chosen) if kind == "r" else (chosen, None)


def _settings(sent: Any) -> dict[str, str]:
    return {name: text_of(sent, name) for name in ("timezone", "currency", "locale")}


def tree_lines(groups: list[Group], regions: list[Region], shops: list[Dealership]) -> list[dict[str, Any]]:
    """The tree from top to bottom, each line with its depth; dealerships without a group come last."""
    lines: list[dict[str, Any]] = []
    seen: set[UUID] = set()

    def leaves(depth: int, group: UUID | None, region: UUID | None) -> None:
        for shop in shops:
            if shop.group_id == group and shop.region_id == region:
                lines.append({"kind": "dealership", "depth": depth, "row": shop})
                seen.add(shop.id)

    for group in groups:
        lines.append({"kind": "group", "depth": 0, "row": group})
        for region in regions:
            if region.group_id == group.id:
                lines.append({"kind": "region", "depth": 1, "row": region})
                leaves(2, group.id, region.id)
        leaves(1, group.id, None)
    known = {group.id for group in groups}
    for region in regions:
        if region.group_id not in known:
            lines.append({"kind": "region", "depth": 0, "row": region})
            leaves(1, region.group_id, region.id)
    lines += [{"kind": "dealership", "depth": 0, "row": shop} for shop in shops if shop.id not in seen]
    return lines
