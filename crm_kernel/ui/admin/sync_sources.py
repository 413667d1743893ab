"""Places that are read on a schedule: where they are, how far they were read, what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.errors import CrmError, Invalid, NotFound
from crm_kernel.i18n import formats, translate
from crm_kernel.kernel import Kernel
from crm_kernel.sync.kinds import all_kinds
from crm_kernel.sync.permissions import CONFIGURE
from crm_kernel.sync.readers import READERS, reader_of
from crm_kernel.sync.sources import SourceDraft, SourceService, SourceView
from crm_kernel.text import Text, messages
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest
from crm_kernel.ui.admin.sync import PATH as LEDGER
from crm_kernel.ui.admin.sync import TABS
from crm_kernel.ui.records.display import moment
from crm_kernel.ui.sheet import REFUSALS, Sheet, text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = f"{LEDGER}/sources"
STATES: dict[str, tuple[Text, str]] = {
    "idle": (_("in order"), "success"),
    "running": (_("reading"), "info"),
    "failed": (_("cannot be read"), "danger"),
}


def source_router(kernel: Kernel, renderer: Renderer) -> Router:
    """The sources' page and its dialogs."""
    pages = SourcePages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/")(pages.list_page),
            get("/new/{reader:str}")(pages.new),
            post("/new/{reader:str}")(pages.add),
            get("/{id:uuid}/edit")(pages.edit),
            post("/{id:uuid}/edit")(pages.change),
            post("/{id:uuid}/{act:str}")(pages.act),
        ],
        opt={"permission": CONFIGURE},
        include_in_schema=False,
    )


class SourcePages(AdminRoom):
    """One table; a dialog for each kind of place."""

    @property
    def sources(self) -> SourceService:
        """The service."""
        found: SourceService = self.kernel.service("sync_sources")
        return found

    async def list_page(self, request: AnyRequest, actor: Actor) -> Response[str]:
        return await self.renderer.page(
            request,
            "crm/admin/sync_sources.html",
            heading=translate(_("Synchronisation")),
            tabs=self.tabs(actor, TABS, PATH),
            rows=[self._row(one) for one in await self.sources.list(actor)],
            readers=[(name, translate(reader.label)) for name, reader in READERS.items()],
            path=self.url(PATH),
        )

    def _row(self, one: SourceView) -> dict[str, Any]:
        label, tone = STATES[one.state] if one.active else (_("switched off"), "neutral")
        kinds = {kind.name: kind.label for kind in all_kinds(self.kernel)}
        reader = reader_of(self.kernel, one.reader)
        return {
            "id": one.id,
            "name": one.name,
            "source": one.source,
            "kind": translate(kinds[one.kind]) if one.kind in kinds else one.kind,
            "reader": translate(reader.label) if reader is not None else one.reader,
            "place": one.options.get("path") or one.options.get("url") or one.options.get("table", ""),
            "every": translate(_("every {time}")(time=formats.duration(timedelta(minutes=one.minutes)))),
            "state": translate(label),
            "tone": tone,
            "fault": one.fault,
            "read_at": moment(one.read_at) if one.read_at else "—",
            "active": one.active,
            "managed": one.managed,
        }

    async def new(self, request: AnyRequest, reader: str) -> Response[str]:
        return self._form(request, reader, {"minutes": 60, "source": "erp"}, f"{PATH}/new/{reader}")

    def _form(
        self,
        request: AnyRequest,
        reader: str,
        stored: Mapping[str, Any],
        save: str,
        typed: Any = None,
        fault: CrmError | None = None,
    ) -> Response[str]:
        declared = READERS.get(reader)
        if declared is None:
            raise NotFound()
        sheet = Sheet(typed, stored, fault)
        sheet.field("name", _("Name"), required=True, extra={"autofocus": True, "maxlength": 80})
        sheet.field(
            "source",
            _("System"),
            required=True,
            hint=_("What its ids belong to: all deliveries of one system carry the same name."),
            extra={"maxlength": 40},
        )
        kinds = [(kind.name, kind.label) for kind in all_kinds(self.kernel)]
        sheet.field("kind", _("Records"), "select", options=kinds, required=True)
        sheet.field("minutes", _("Read every … minutes"), "number", required=True)
        for option in declared.options:
            sheet.field(
                option.name, option.label, required=option.required, hint=option.hint, wide=option.required
            )
        sheet.field("id", _("Column of its id"), hint=_("Empty: external_id."), required=reader == "sql")
        if declared.secret is not None:
            hint = _("Kept encrypted; empty: stays as it is.") if stored.get("has_secret") else None
            sheet.field("secret", declared.secret, "password", wide=True, hint=hint)
        sheet.field(
            "mapping",
            _("Columns"),
            "textarea",
            hint=_("One a line: their name=our field. Empty: recognised by their names."),
        )
        return self.dialog(request, declared.label, sheet, save)

    async def add(self, request: AnyRequest, actor: Actor, reader: str) -> Response[Any]:
        sent = await request.form()
        try:
            await self.sources.add(actor, _draft(reader, sent))
        except REFUSALS as fault:
            return self._form(request, reader, {}, f"{PATH}/new/{reader}", sent, fault)
        return self.done(request, PATH, _("It is read within a minute."))

    async def edit(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        view = await self.sources.get(actor, id)
        stored = {
            **view.options,
            "name": view.name,
            "source": view.source,
            "kind": view.kind,
            "minutes": view.minutes,
            "has_secret": view.has_secret,
            "mapping": "\n".join(f"{theirs}={ours}" for theirs, ours in view.mapping.items()),
        }
        return self._form(request, view.reader, stored, f"{PATH}/{id}/edit")

    async def change(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        sent = await request.form()
        view = await self.sources.get(actor, id)
        try:
            await self.sources.change(actor, id, _draft(view.reader, sent))
        except REFUSALS as fault:
            stored = {"has_secret": view.has_secret}
            return self._form(request, view.reader, stored, f"{PATH}/{id}/edit", sent, fault)
        return self.done(request, PATH, _("Saved."))

    async def act(self, request: AnyRequest, actor: Actor, id: UUID, act: str) -> Response[Any]:
        """Read now or anew, switch on or off, forget."""
        match act:
            case "read" | "anew":
                await self.sources.read_now(actor, id, anew=act == "anew")
                text = _("It is being read.")
            case "on" | "off":
                await self.sources.switch(actor, id, active=act == "on")
                text = _("Read again from now on.") if act == "on" else _("No longer read.")
            case "delete":
                await self.sources.remove(actor, id)
                text = _("Removed; what was read stays.")
            case _:
                raise NotFound()
        return self.done(request, PATH, text)


def _draft(reader: str, sent: Any) -> SourceDraft:
    declared = READERS.get(reader)
    if declared is None:
        raise NotFound()
    names = [option.name for option in declared.options] + ["id"]
    minutes = text_of(sent, "minutes")
    if not (minutes.isascii() and minutes.isdigit() and len(minutes) < 6):
        raise Invalid.one("minutes", "integer", _("This is not a whole number."))
    mapping = {}
    for line in text_of(sent, "mapping").splitlines():
        theirs, equals, ours = line.partition("=")
        if line.strip() and not (equals and theirs.strip() and ours.strip()):
            raise Invalid.one("mapping", "invalid", _("Write each line as their name=our field."))
        if line.strip():
            mapping[theirs.strip()] = ours.strip()
    return SourceDraft(
        name=text_of(sent, "name"),
        source=text_of(sent, "source"),
        kind=text_of(sent, "kind"),
        reader=reader,
        minutes=int(minutes),
        options={name: text_of(sent, name) for name in names if text_of(sent, name)},
        secret=text_of(sent, "secret"),
        mapping=mapping,
    )
