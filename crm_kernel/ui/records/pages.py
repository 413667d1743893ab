"""Handlers of the pages every entity has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.response import Redirect

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.errors import NotFound
from crm_kernel.i18n import formats, translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.fields import FieldSpec
from crm_kernel.records.query_params import parse
from crm_kernel.records.relative import COUNTED, PERIODS
from crm_kernel.records.titles import title_of
from crm_kernel.records.view import RecordView
from crm_kernel.text import messages
from crm_kernel.ui.actions import offered
from crm_kernel.ui.flow.approvals import RecordApprovals
from crm_kernel.ui.flow.board import RecordBoard
from crm_kernel.ui.flow.standing import standing
from crm_kernel.ui.flow.states import state_words
from crm_kernel.ui.flow.steps import RecordSteps
from crm_kernel.ui.panels import panel_links, show_panel
from crm_kernel.ui.records.company import RecordCompany
from crm_kernel.ui.records.display import Display, choice_words
from crm_kernel.ui.records.dossier import RecordDossier
from crm_kernel.ui.records.files import RecordFiles
from crm_kernel.ui.records.form_pages import FormPages
from crm_kernel.ui.records.history import history_lines
from crm_kernel.ui.records.inline import RecordFields
from crm_kernel.ui.records.listing import ListPage
from crm_kernel.ui.records.quick import QuickForm
from crm_kernel.ui.records.record import dialled, fact_groups, head_badges, slot_of, timeline_items
from crm_kernel.ui.records.room import EntityRoom
from crm_kernel.ui.records.verbs import RecordVerbs
from crm_kernel.ui.records.work import RecordWork, composer
from crm_kernel.ui.templating import Renderer, html, is_htmx
from crm_kernel.web.parameters import CurrentActor, PathWord, RecordId
from crm_kernel.web.router import Router
from crm_kernel.web.routes import possible

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]
BULK = ("tag", "move", "delete", "restore")
"""What can be done with many records at once."""


def record_router(kernel: Kernel, renderer: Renderer, plugin: str, entity: Entity) -> Router:
    """The pages of one entity, under its plural."""
    return Router(
        f"/{entity.plural}",
        route_handlers=possible(
            entity,
            [
                *RecordPages(kernel, renderer, entity).handlers(),
                *FormPages(kernel, renderer, entity).handlers(),
                *RecordFields(kernel, renderer, entity).handlers(),
                *RecordVerbs(kernel, renderer, entity).handlers(),
                *RecordWork(kernel, renderer, entity).handlers(),
                *RecordFiles(kernel, renderer, entity).handlers(),
                *RecordCompany(kernel, renderer, entity).handlers(),
                *QuickForm(kernel, renderer, entity).handlers(),
                *RecordSteps(kernel, renderer, entity).handlers(),
                *RecordBoard(kernel, renderer, entity).handlers(),
                *RecordApprovals(kernel, renderer, entity).handlers(),
                *RecordDossier(kernel, renderer, entity).handlers(),
            ],
        ),
        opt={"plugin": plugin},
        include_in_schema=False,
    )


class RecordPages(EntityRoom):
    """List and record, for one entity."""

    def handlers(self) -> list[Any]:
        """All routes, each with the right it needs."""
        return [
            get("/", **self.needs("view"))(self.list_page),
            get("/count", **self.needs("view"))(self.count),
            get("/filter", **self.needs("view"))(self.filter_form),
            get("/columns", **self.needs("view"))(self.column_form),
            get("/{id:uuid}", **self.needs("view"))(self.record_page),
            get("/{id:uuid}/timeline", **self.needs("view"))(self.timeline),
            get("/{id:uuid}/panels/{name:str}", **self.needs("view"))(self.panel),
            get("/{id:uuid}/history", **self.needs("history"))(self.history),
        ]

    async def _specs(self, actor: Actor) -> list[FieldSpec]:
        return list(await self.records.fields(actor, self.entity))

    def _may(self, actor: Actor, deleted: bool = False) -> dict[str, bool]:
        verbs = ("change", "delete", "move", "view", "create", "print", "history")
        found = {verb: actor.may(self.entity.permission(verb)) and not deleted for verb in verbs}
        found["restore"] = deleted and actor.may(self.entity.permission("restore"))
        found["task"] = not deleted and actor.may("tasks.create")
        found["note"] = not deleted and actor.may("notes.create")
        found["tag"] = found["change"] and self.kernel.offers("tags")
        return found

    # The list

    async def list_page(self, request: AnyRequest, actor: CurrentActor) -> Response[Any]:
        params = list(request.query_params.multi_items())
        page = ListPage(self.kernel, actor, self.entity, await self._specs(actor), params)
        views = await self._views(actor)
        if not is_htmx(request) and (opening := page.opening(views)):
            return Redirect(opening, status_code=303)
        found = await self.records.list(actor, self.entity, page.query(), typed=True)
        listed = await page.build(found, views)
        may = self._may(actor, page.deleted)
        allowed = frozenset(verb for verb, granted in may.items() if granted)
        drawn = self.renderer.constant
        listed["row_menu"] = drawn("crm/records/row_menu.html", may=allowed, path=self.path)
        if not allowed.isdisjoint(BULK):
            listed["bulk"] = drawn("crm/records/bulk.html", may=allowed, path=self.path)
        return await self.listed(request, page, listed, self._list_actions(actor, page))

    async def _views(self, actor: Actor) -> list[Any]:
        if not self.kernel.offers("views"):
            return []
        return list(await self.kernel.service("views").list(actor, self.entity))

    def _list_actions(self, actor: Actor, page: ListPage) -> list[dict[str, str]]:
        """Entries of the list's menu; `as_shown` gets the list's parameters of the moment it is chosen."""
        prefix = self.kernel.settings.prefix
        actions = [
            {"label": translate(one.label), "url": prefix + one.path, "icon": one.icon}
            for one in (() if page.deleted else offered(self.kernel, actor, self.entity.name))
        ]
        if self.entity.importable and actor.may(self.entity.permission("import")):
            url = f"{prefix}/imports/new?kind={self.entity.plural}"
            actions.append({"label": translate(_("Import from a file")), "url": url, "icon": "upload"})
        if actor.may(self.entity.permission("restore")):
            deleted = {
                "label": translate(_("Deleted ones")),
                "url": f"{self.path}?deleted=true",
                "icon": "trash",
            }
            living = {"label": translate(_("Back to the list")), "url": self.path, "icon": "list"}
            actions.append(living if page.deleted else deleted)
        if self.kernel.offers("views"):
            url = f"{prefix}/views/new?entity={self.entity.name}&{page.query_string}"
            save = {"label": translate(_("Save this view")), "url": url, "icon": "bookmark"}
            actions.append({**save, "as_shown": f"{prefix}/views/new"})
        return actions

    async def count(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        """The number of records behind a saved view, fetched after the page."""
        query = parse(
            self.entity, await self._specs(actor), request.query_params.multi_items(), timezone=actor.timezone
        )
        return html(formats.number(await self.records.count(actor, self.entity, query)))

    async def filter_form(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        """The filter builder, fetched when its dialog is opened; the address says what is chosen now."""
        params = list(request.query_params.multi_items())
        page = ListPage(self.kernel, actor, self.entity, await self._specs(actor), params)
        await page.prepare_chosen()
        words = {name: await choice_words(self.kernel, actor, spec) for name, spec in page.specs.items()}
        words |= await state_words(self.kernel, actor, self.entity)
        periods = [(name, translate(text)) for name, (text, _days) in PERIODS.items()]
        periods += [(name, translate(text)) for name, text in COUNTED.items()]
        fields = page.filter_fields(words)
        return self.renderer.part(request, "crm/records/filter_form.html", fields=fields, periods=periods)

    async def column_form(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        """The columns to choose from, fetched likewise; the address says which ones are shown now."""
        params = list(request.query_params.multi_items())
        page = ListPage(self.kernel, actor, self.entity, await self._specs(actor), params)
        return self.renderer.part(request, "crm/records/column_form.html", columns=page.column_choices())

    # The record

    async def record_page(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        specs = await self._specs(actor)
        record, deleted = await self._opened(actor, id)
        display = Display(self.kernel, actor, self.entity)
        url = f"{self.path}/{id}"
        groups = await fact_groups(display, specs, record, url)
        timeline = await self._timeline(actor, id, None)
        tasks = await self._tasks(actor, id)
        may = self._may(actor, deleted)
        flow = None if deleted else await standing(self.kernel, actor, self.entity, id)
        return await self.renderer.page(
            request,
            "crm/records/record.html",
            heading=title_of(self.entity, record) or str(record.id),
            back_url=self.path,
            record=record,
            entity=self.entity,
            entity_label=translate(self.entity.label),
            dial=dialled(actor, self.entity, specs, record),
            url_base=url,
            groups=groups,
            panels=panel_links(self.kernel, actor, slot_of(self.entity), url),
            timeline=timeline,
            tasks=tasks,
            may=may,
            deleted=deleted,
            badges=head_badges(display, specs, record),
            composer=await composer(self.kernel, actor) if may["note"] or may["task"] else None,
            tabs=self._tabs(url, may, deleted, follows=flow is not None),
            flow=flow,
        )

    def _tabs(
        self, url: str, may: Mapping[str, bool], deleted: bool, *, follows: bool
    ) -> list[dict[str, str]]:
        """The middle of the page: what happened, and what is fetched when somebody looks at it."""
        found = []
        if self.entity.timeline:
            found.append({"key": "timeline", "label": translate(_("Timeline"))})
        if follows:
            found.append({"key": "steps", "label": translate(_("Steps taken")), "url": f"{url}/steps"})
        if self.kernel.offers("attachments") and not deleted:
            found.append({"key": "files", "label": translate(_("Attachments")), "url": f"{url}/files"})
        if may["history"]:
            found.append({"key": "changes", "label": translate(_("Changes")), "url": f"{url}/history"})
        return found

    async def _opened(self, actor: Actor, id: UUID) -> tuple[RecordView, bool]:
        """A record and whether it is deleted; deleted ones are for those who may restore them."""
        try:
            return await self.records.get(actor, self.entity, id, typed=True), False
        except NotFound:
            if not actor.may(self.entity.permission("restore")):
                raise
            return await self.records.get(actor, self.entity, id, deleted=True, typed=True), True

    async def _timeline(
        self, actor: Actor, id: UUID, cursor: str | None, kinds: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        if not self.entity.timeline or not self.kernel.offers("timeline"):
            return {"entries": [], "more_url": None}
        page = await self.kernel.service("timeline").read(
            actor, self.entity, id, cursor=cursor, kinds=kinds, limit=20
        )
        more = f"{self.path}/{id}/timeline?cursor={page.next}" if page.next else None
        if more and kinds:
            more += f"&kind={kinds[0]}"
        return {"entries": timeline_items(page.items, self.kernel.settings.prefix), "more_url": more}

    async def _tasks(self, actor: Actor, id: UUID) -> list[Any]:
        if not self.kernel.offers("tasks") or not actor.may("tasks.view"):
            return []
        page = await self.kernel.service("tasks").of_record(actor, self.entity, id)
        return [task for task in page.items if task.state == "open"]

    async def timeline(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        """Older entries, or those of one kind."""
        kind = request.query_params.get("kind")
        kinds = (kind,) if kind else ()
        shown = await self._timeline(actor, id, request.query_params.get("cursor"), kinds)
        return self.renderer.part(request, "crm/records/timeline_entries.html", **shown)

    async def panel(
        self, request: AnyRequest, actor: CurrentActor, id: RecordId, name: PathWord
    ) -> Response[str]:
        """One module's panel, fetched when it comes into view."""
        record, _deleted = await self._opened(actor, id)
        slot = slot_of(self.entity)
        return await show_panel(self.kernel, self.renderer, request, actor, slot, name, record)

    async def history(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        """Every change of the record, for those who may read its history."""
        page = await self.records.history(actor, self.entity, id, request.query_params.get("cursor"))
        url = f"{self.path}/{id}"
        values: dict[str, Any] = {
            "entries": history_lines(page.items),
            "next_url": f"{url}/history?cursor={page.next}" if page.next else None,
        }
        if is_htmx(request):
            return self.renderer.part(request, "crm/records/history_table.html", **values)
        return await self.renderer.page(
            request, "crm/records/history.html", heading=translate(_("History")), back_url=url, **values
        )
