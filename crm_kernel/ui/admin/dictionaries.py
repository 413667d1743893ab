"""Dictionaries: the code lists behind forms; their entries with wording, order, colour, on and off."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.contributions import Dictionary
from crm_kernel.errors import CrmError, NotFound
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.dictionaries import MANAGE, DictionaryItem, DictionaryService
from crm_kernel.text import Text, messages
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest
from crm_kernel.ui.sheet import REFUSALS, Sheet, text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = "/admin/dictionaries"

COLORS: tuple[tuple[str, Text], ...] = (
    ("", _("none")),
    ("gray", _("grey")),
    ("blue", _("blue")),
    ("green", _("green")),
    ("yellow", _("yellow")),
    ("red", _("red")),
    ("purple", _("purple")),
)


def dictionary_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Pages of dictionaries."""
    pages = DictionaryPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/")(pages.list_page),
            get("/{name:str}")(pages.show),
            get("/{name:str}/new")(pages.new),
            post("/{name:str}/new")(pages.add),
            get("/{name:str}/{code:str}/edit")(pages.edit),
            post("/{name:str}/{code:str}/edit")(pages.change),
            post("/{name:str}/{code:str}/{act:str}")(pages.act),
        ],
        opt={"permission": MANAGE.name},
        include_in_schema=False,
    )


class DictionaryPages(AdminRoom):
    """What the own dealership says and offers."""

    @property
    def dictionaries(self) -> DictionaryService:
        """The service."""
        found: DictionaryService = self.kernel.service("dictionaries")
        return found

    async def list_page(self, request: AnyRequest, actor: Actor) -> Response[str]:
        groups: dict[str, list[dict[str, Any]]] = {}
        for plugin, dictionary in self._here(actor):
            items = await self.dictionaries.entries(actor, dictionary.name, inactive=True)
            manifest = self.kernel.plugins[plugin].manifest
            active = [item for item in items if item.active]
            groups.setdefault(translate(manifest.label) if manifest else plugin, []).append(
                {
                    "url": self.url(f"{PATH}/{dictionary.name}"),
                    "label": translate(dictionary.label),
                    "count": len(active),
                    "some": [translate(item.label) for item in active[:6]],
                    "more": len(active) > 6,
                }
            )
        return await self.renderer.page(
            request,
            "crm/admin/dictionaries.html",
            heading=translate(_("Dictionaries")),
            groups=groups,
        )

    async def show(self, request: AnyRequest, actor: Actor, name: str) -> Response[str]:
        dictionary = self._one(name, actor)
        items = await self.dictionaries.entries(actor, name, inactive=True)
        return await self.renderer.page(
            request,
            "crm/admin/dictionary.html",
            heading=translate(dictionary.label),
            back_url=self.url(PATH),
            rows=[
                {
                    "code": item.code,
                    "label": translate(item.label),
                    "color": item.color,
                    "active": item.active,
                    "preset": item.preset,
                    "own": item.own,
                }
                for item in items
            ],
            path=self.url(f"{PATH}/{name}"),
        )

    def _here(self, actor: Actor) -> list[tuple[str, Dictionary]]:
        """The dictionaries of modules that are switched on, with their modules."""
        off = actor.grants.modules_off
        return [(plugin, one) for plugin, one in self.kernel.registry.owned(Dictionary) if plugin not in off]

    def _one(self, name: str, actor: Actor | None = None) -> Dictionary:
        offered = self._here(actor) if actor is not None else self.kernel.registry.owned(Dictionary)
        for _plugin, dictionary in offered:
            if dictionary.name == name:
                return dictionary
        raise NotFound()

    async def _item(self, actor: Actor, name: str, code: str) -> DictionaryItem:
        for item in await self.dictionaries.entries(actor, name, inactive=True):
            if item.code == code:
                return item
        raise NotFound()

    async def new(self, request: AnyRequest, name: str) -> Response[str]:
        self._one(name)
        return self._form(request, name, None, {}, None, None)

    def _form(
        self,
        request: AnyRequest,
        name: str,
        code: str | None,
        stored: dict[str, Any],
        typed: Any,
        fault: CrmError | None,
    ) -> Response[str]:
        preset = next((e.label for e in self._one(name).entries if e.code == code), None)
        sheet = Sheet(typed, stored, fault)
        hint = _("Empty: as it came, “{label}”.")(label=preset) if preset else None
        placeholder = translate(preset) if preset else None
        sheet.field(
            "label",
            _("Name"),
            required=preset is None,
            wide=True,
            hint=hint,
            extra={"autofocus": True, "maxlength": 120, "placeholder": placeholder},
        )
        if code is None:
            sheet.field(
                "code", _("Code"), required=True, hint=_("Stays for ever; records and files hold it.")
            )
        sheet.field("color", _("Colour"), "select", options=COLORS[1:])
        if code is None:
            return self.dialog(request, _("Add an entry"), sheet, f"{PATH}/{name}/new", save_label=_("Add"))
        return self.dialog(request, _("Edit the entry"), sheet, f"{PATH}/{name}/{code}/edit")

    async def add(self, request: AnyRequest, actor: Actor, name: str) -> Response[Any]:
        sent = await request.form()
        items = await self.dictionaries.entries(actor, name, inactive=True)
        try:
            await self.dictionaries.add(
                actor,
                name,
                text_of(sent, "code"),
                label=text_of(sent, "label"),
                color=text_of(sent, "color"),
                order=max((item.order for item in items), default=0) + 10,
            )
        except REFUSALS as fault:
            return self._form(request, name, None, {}, sent, fault)
        return self.done(request, f"{PATH}/{name}", _("{name} is added.")(name=text_of(sent, "label")))

    async def edit(self, request: AnyRequest, actor: Actor, name: str, code: str) -> Response[str]:
        item = await self._item(actor, name, code)
        preset = next((e.label for e in self._one(name).entries if e.code == code), None)
        label = "" if item.label == preset else translate(item.label)
        return self._form(request, name, code, {"label": label, "color": item.color}, None, None)

    async def change(self, request: AnyRequest, actor: Actor, name: str, code: str) -> Response[Any]:
        sent = await request.form()
        item = await self._item(actor, name, code)
        try:
            await self.dictionaries.save(
                actor,
                name,
                code,
                label=text_of(sent, "label"),
                color=text_of(sent, "color"),
                order=item.order,
                active=item.active,
            )
        except REFUSALS as fault:
            return self._form(request, name, code, {}, sent, fault)
        return self.done(request, f"{PATH}/{name}", _("Saved."))

    async def act(self, request: AnyRequest, actor: Actor, name: str, code: str, act: str) -> Response[Any]:
        """Switch an entry on or off, or move it up or down."""
        item = await self._item(actor, name, code)
        if act in ("on", "off"):
            preset = next((e.label for e in self._one(name).entries if e.code == code), None)
            await self.dictionaries.save(
                actor,
                name,
                code,
                label="" if item.label == preset else str(item.label),
                color=item.color,
                order=item.order,
                active=act == "on",
            )
            text = (
                _("Offered again.") if act == "on" else _("No longer offered; records that have it keep it.")
            )
            return self.done(request, f"{PATH}/{name}", text)
        if act not in ("up", "down"):
            raise NotFound()
        codes = [one.code for one in await self.dictionaries.entries(actor, name, inactive=True)]
        place = codes.index(code)
        codes.insert(max(place + (1 if act == "down" else -1), 0), codes.pop(place))
        await self.dictionaries.arrange(actor, name, codes)
        return self.done(request, f"{PATH}/{name}", _("Moved."))
