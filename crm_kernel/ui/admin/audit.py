"""The change log and the access log, filtered and paged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get

from crm_kernel.actor import Actor
from crm_kernel.audit.accesses import VERBS as ACCESS_VERBS
from crm_kernel.audit.service import AuditFilter, AuditService
from crm_kernel.contributions import Entity
from crm_kernel.errors import CrmError, Invalid
from crm_kernel.i18n import formats, translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import Text, messages
from crm_kernel.ui.admin.log_names import codes_named, ids_named, in_words
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest, Tab
from crm_kernel.ui.admin.wording import ACCESSES, CHANGES, SOURCES, THINGS, changed_fields, detail_words
from crm_kernel.ui.records.display import moment, reference_labels
from crm_kernel.ui.sheet import Sheet, id_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = "/admin/audit"
VIEW = "audit.view"
TABS: tuple[Tab, ...] = (
    (PATH, _("Changes"), VIEW),
    (f"{PATH}/accesses", _("Accesses"), VIEW),
    (f"{PATH}/chain", _("Integrity"), VIEW),
)
NARROWING = ("actor_id", "entity", "record_id", "verb", "via", "since", "until")


def audit_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Pages of both logs."""
    pages = AuditPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[get("/")(pages.changes), get("/accesses")(pages.accesses)],
        opt={"permission": VIEW},
        include_in_schema=False,
    )


class AuditPages(AdminRoom):
    """Two logs, one form above each."""

    @property
    def audit(self) -> AuditService:
        """The service."""
        found: AuditService = self.kernel.service("audit")
        return found

    async def changes(self, request: AnyRequest, actor: Actor) -> Response[str]:
        asked, wanted, fault = self._asked(request, actor)
        page = None
        if fault is None:
            page = await self.audit.changes(actor, wanted, request.query_params.get("cursor"))
        items = page.items if page else ()
        titles = await self._titles(actor, items)
        fields = [[*changed_fields(entry.changes), *detail_words(entry.summary)] for entry in items]
        names = await ids_named(self.kernel, actor, chain.from_iterable(fields))
        codes = await codes_named(self.kernel)
        rows = []
        for entry, said in zip(items, fields, strict=True):
            own = {} if self.kernel.registry.entity(entry.entity) else codes
            row = self._row(entry, titles, CHANGES)
            rows.append(row | {"fields": in_words(said, names, own), "reason": entry.reason or ""})
        return await self._page(request, actor, PATH, asked, fault, rows, page, CHANGES)

    async def accesses(self, request: AnyRequest, actor: Actor) -> Response[str]:
        asked, wanted, fault = self._asked(request, actor)
        await self.audit.flush()
        page = None
        if fault is None:
            page = await self.audit.accesses(actor, wanted, request.query_params.get("cursor"))
        items = page.items if page else ()
        titles = await self._titles(actor, items)
        rows = [
            self._row(entry, titles, ACCESSES) | {"fields": detail_words(entry.detail), "reason": ""}
            for entry in items
        ]
        verbs = {verb: ACCESSES.get(verb, Text(verb)) for verb in sorted(ACCESS_VERBS)}
        return await self._page(request, actor, f"{PATH}/accesses", asked, fault, rows, page, verbs)

    def _asked(
        self, request: AnyRequest, actor: Actor
    ) -> tuple[dict[str, str], AuditFilter, CrmError | None]:
        asked = {name: v for name in NARROWING if (v := request.query_params.get(name, "").strip())}
        try:
            return asked, filter_of(asked, actor.timezone), None
        except Invalid as fault:
            return asked, AuditFilter(), fault

    async def _page(
        self,
        request: AnyRequest,
        actor: Actor,
        path: str,
        asked: dict[str, str],
        fault: CrmError | None,
        rows: list[dict[str, Any]],
        page: Any,
        verbs: Mapping[str, Text],
    ) -> Response[str]:
        sheet = Sheet(None, asked, fault)
        people = await reference_labels(self.kernel, actor, "staff", _ids(asked.get("actor_id")))
        sheet.field(
            "actor_id",
            _("Who"),
            "combobox",
            options=list(people.items()),
            lookup_url=self.url("/lookup/staff"),
        )
        sheet.field("entity", _("What kind"), "select", options=self._kinds())
        sheet.field("verb", _("What was done"), "select", options=list(verbs.items()))
        sheet.field("since", _("From"), "date")
        sheet.field("until", _("Until"), "date")
        next_url = None
        if page is not None and page.next:
            next_url = f"{self.url(path)}?{urlencode({**asked, 'cursor': page.next})}"
        paged = "cursor" in request.query_params
        return await self.renderer.page(
            request,
            "crm/admin/audit.html",
            status=sheet.status,
            heading=translate(_("Audit")),
            tabs=self.tabs(actor, TABS, path),
            path=self.url(path),
            controls=sheet.controls,
            fault=sheet.message,
            rows=rows,
            record=asked.get("record_id", ""),
            filtered=bool(asked),
            next_url=next_url,
            first_url=f"{self.url(path)}?{urlencode(asked)}" if paged else None,
            kept_days=self.audit.kept_days,
            about_changes=path == PATH,
        )

    def _kinds(self) -> list[tuple[str, Text]]:
        entities = [(entity.name, entity.label) for entity in self.kernel.registry.of(Entity)]
        return [*entities, *THINGS.items()]

    def _row(
        self, entry: Any, titles: Mapping[tuple[str, str], str], words: Mapping[str, Text]
    ) -> dict[str, Any]:
        entity = self.kernel.registry.entity(entry.entity) if entry.entity else None
        title = titles.get((entry.entity, str(entry.record_id)), "") if entry.record_id else ""
        kind = entity.label if entity else THINGS.get(entry.entity, entry.entity)
        linked = entity is not None and entity.pages and title
        return {
            "at": moment(entry.at),
            "exact": formats.moment(entry.at),
            "who": entry.actor_name or translate(_("the system")),
            "via": translate(SOURCES.get(entry.via, entry.via)),
            "verb": translate(words.get(entry.verb, entry.verb)),
            "kind": translate(kind),
            "title": title,
            "url": self.url(f"/records/{entry.entity}/{entry.record_id}") if linked else None,
            "record_id": entry.record_id,
            "entity": entry.entity,
            "request_id": entry.request_id,
        }

    async def _titles(self, actor: Actor, entries: Sequence[Any]) -> dict[tuple[str, str], str]:
        """What the records are called, as far as the reader may see them."""
        wanted: dict[str, set[str]] = {}
        for entry in entries:
            if entry.record_id is not None and self.kernel.registry.entity(entry.entity):
                wanted.setdefault(entry.entity, set()).add(str(entry.record_id))
            elif entry.record_id is not None and entry.entity == "staff":
                wanted.setdefault("staff", set()).add(str(entry.record_id))
        found: dict[tuple[str, str], str] = {}
        for name, ids in wanted.items():
            labels = await reference_labels(self.kernel, actor, name, ids)
            found |= {(name, key): label for key, label in labels.items()}
        return found


def filter_of(asked: Mapping[str, str], timezone: str) -> AuditFilter:
    """The filter an address describes; days are the reader's. Raises Invalid."""
    until = _day(asked, "until", timezone)
    return AuditFilter(
        entity=asked.get("entity"),
        record_id=id_of(asked, "record_id"),
        actor_id=id_of(asked, "actor_id"),
        verb=asked.get("verb"),
        via=asked.get("via"),
        since=_day(asked, "since", timezone),
        until=until + timedelta(days=1) if until else None,
    )


def _day(asked: Mapping[str, str], name: str, timezone: str) -> datetime | None:
    if not asked.get(name):
        return None
    try:
        day = date.fromisoformat(asked[name])
    except ValueError as fault:
        raise Invalid.one(name, "date", _("This is not a date.")) from fault
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone))


def _ids(raw: str | None) -> Iterable[str]:
    try:
        return [str(UUID(raw))] if raw else []
    except ValueError:
        return []
