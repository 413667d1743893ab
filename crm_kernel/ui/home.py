"""The first page of the day: what is late, what changed, who needs help; for a new shop, what to do first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get

from crm_kernel.actor import Actor, Scope
from crm_kernel.contributions import Entity, MenuItem
from crm_kernel.dal.query import Query
from crm_kernel.i18n import formats, translate
from crm_kernel.records.tasks.view import TaskLoad
from crm_kernel.text import messages
from crm_kernel.ui.panels import panel_links, show_panel
from crm_kernel.ui.plugin import HOME
from crm_kernel.ui.records.record import ICONS
from crm_kernel.ui.room import PageRoom
from crm_kernel.web.parameters import CurrentActor, PathWord

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]
SHOWN_TASKS = 8
SHOWN_NOTES = 8
SHOWN_PEOPLE = 8
KINDS = 2
"""So many kinds of records are counted in the row of figures."""
SIGNED_IN = {"signed_in": "everybody has a start page; its parts ask for their own rights"}


class HomePage(PageRoom):
    """Made of what the modules declare; knows no module itself."""

    def handlers(self) -> list[Any]:
        """The start page, and the panels modules put on it."""
        return [
            get("/", opt=SIGNED_IN, include_in_schema=False)(self.show),
            get("/today/panels/{name:str}", opt=SIGNED_IN, include_in_schema=False)(self.panel),
        ]

    async def show(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        people = await self._people(actor)
        may_tasks = self.kernel.offers("tasks") and actor.may("tasks.view")
        prefix = self.kernel.settings.prefix
        tasks, more = await self._tasks(actor) if may_tasks else ([], False)
        return await self.renderer.page(
            request,
            "crm/home.html",
            heading=translate(_("Today")),
            may_tasks=may_tasks,
            tasks=tasks,
            tasks_url=f"{prefix}/tasks" if more else None,
            may_task=actor.may("tasks.create"),
            figures=[*await self._task_figures(actor, people), *self._new_records(actor)],
            people=None if people is None else self._shown(people),
            notes=await self._notes(actor),
            panels=panel_links(self.kernel, actor, HOME, f"{prefix}/today"),
            first_steps=await self._first_steps(actor),
        )

    async def panel(self, request: AnyRequest, actor: CurrentActor, name: PathWord) -> Response[str]:
        """One module's panel, fetched when it comes into view."""
        return await show_panel(self.kernel, self.renderer, request, actor, HOME, name, None)

    # Work

    async def _tasks(self, actor: Actor) -> tuple[Sequence[Any], bool]:
        page = await self.kernel.service("tasks").list(actor, "mine", limit=SHOWN_TASKS)
        return page.items, page.next is not None

    async def _people(self, actor: Actor) -> Sequence[TaskLoad] | None:
        """Who has how much to do, for those who answer for more than their own team."""
        if not self.kernel.offers("tasks") or not actor.may("tasks.view"):
            return None
        if actor.access("tasks.view").scope <= Scope.TEAM:
            return None
        found: Sequence[TaskLoad] = await self.kernel.service("tasks").load(actor)
        return found

    def _shown(self, people: Sequence[TaskLoad]) -> list[dict[str, Any]]:
        most = max((one.open for one in people), default=1)
        url = f"{self.kernel.settings.prefix}/tasks?whose=all&assignee="
        return [
            {
                "name": one.name,
                "url": f"{url}{one.staff_id}",
                "open": one.open,
                "overdue": one.overdue,
                "most": most,
            }
            for one in people[:SHOWN_PEOPLE]
        ]

    async def _notes(self, actor: Actor) -> list[dict[str, Any]]:
        """What was said and done lately, as far as this person may read it."""
        if not self.kernel.offers("notes") or not actor.may("notes.view"):
            return []
        prefix = self.kernel.settings.prefix
        recent = await self.kernel.service("notes").recent(actor, SHOWN_NOTES)
        return [
            {
                "icon": ICONS.get(one.note.kind, "note"),
                "tone": "info",
                "title": one.record,
                "url": f"{prefix}/records/{one.note.entity}/{one.note.record_id}",
                "body": one.note.body,
                "who": one.note.author or "",
                "at": one.note.happened_at.isoformat(),
                "when": formats.relative(one.note.happened_at),
                "change": None,
            }
            for one in sorted(recent, key=lambda one: one.note.happened_at, reverse=True)
        ]

    # Figures

    async def _task_figures(self, actor: Actor, people: Sequence[TaskLoad] | None) -> list[dict[str, Any]]:
        """What is late and what is open: everybody's for those who answer for others, else one's own."""
        if not self.kernel.offers("tasks") or not actor.may("tasks.view"):
            return []
        url = f"{self.kernel.settings.prefix}/tasks"
        if people is not None:
            late, open_ = sum(one.overdue for one in people), sum(one.open for one in people)
            return [
                _figure(_("Overdue tasks, everybody"), f"{url}?whose=all&overdue=1", late, late > 0),
                _figure(_("Open tasks, everybody"), f"{url}?whose=all", open_),
            ]
        counts = await self.kernel.service("tasks").counts(actor)
        return [
            _figure(_("My overdue tasks"), f"{url}?overdue=1", counts.overdue, counts.overdue > 0),
            _figure(_("My open tasks"), url, counts.open),
        ]

    def _entities(self, actor: Actor, verb: str) -> list[Entity]:
        """Kinds of records with a place in the menu, in its order."""
        places = sorted(self.kernel.registry.of(MenuItem), key=lambda item: item.order)
        order = {item.path: place for place, item in enumerate(places)}
        found = [
            entity
            for plugin, entity in self.kernel.registry.owned(Entity)
            if entity.pages
            and f"/{entity.plural}" in order
            and actor.may(entity.permission(verb))
            and plugin not in actor.grants.modules_off
        ]
        return sorted(found, key=lambda entity: order[f"/{entity.plural}"])

    def _new_records(self, actor: Actor) -> list[dict[str, Any]]:
        """How many records came in these seven days and the seven before; counted after the page is there."""
        today = self.kernel.clock.now().astimezone(ZoneInfo(actor.timezone)).date()
        week = today - timedelta(days=6)
        before = week - timedelta(days=7)
        found = []
        for entity in self._entities(actor, "view")[:KINDS]:
            url = f"{self.kernel.settings.prefix}/{entity.plural}"
            question = f"created_at[gte]={week.isoformat()}"
            earlier = f"created_at[gte]={before.isoformat()}&created_at[lt]={week.isoformat()}"
            label = translate(_("{entities}, new in 7 days")(entities=translate(entity.plural_label)))
            found.append(
                {
                    "label": label,
                    "url": f"{url}?{question}",
                    "count_url": f"{url}/count?{question}",
                    "before_url": f"{url}/count?{earlier}",
                }
            )
        return found

    async def _first_steps(self, actor: Actor) -> list[dict[str, str]]:
        """For a shop without records: bring them over, or add the first ones."""
        kinds = self._entities(actor, "view")
        if not kinds:
            return []
        first = await self.kernel.service("records").list(actor, kinds[0], Query(limit=1, fields=("id",)))
        if first.items:
            return []
        prefix = self.kernel.settings.prefix
        steps = []
        if self._entities(actor, "import"):
            steps.append(
                {
                    "label": translate(_("Import from the old system")),
                    "url": f"{prefix}/imports/new",
                    "icon": "upload",
                }
            )
        steps += [
            {
                "label": translate(_("Add {entity}")(entity=translate(entity.label))),
                "url": f"{prefix}/{entity.plural}/new",
                "icon": entity.icon,
            }
            for entity in self._entities(actor, "create")[:2]
        ]
        return steps


def _figure(label: Any, url: str, value: int, bad: bool = False) -> dict[str, Any]:
    return {"label": translate(label), "url": url, "value": formats.number(value), "bad": bad}
