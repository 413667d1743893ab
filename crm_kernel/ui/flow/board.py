"""The board of records that follow a flow: a column per state, cards in the order of what runs out next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity, Flow
from crm_kernel.dal.query import Condition, Query
from crm_kernel.errors import Conflict, Malformed, NotFound
from crm_kernel.flow.definition import State, Step
from crm_kernel.flow.views import FlowView
from crm_kernel.i18n import formats, translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.view import RecordView
from crm_kernel.text import messages
from crm_kernel.ui.flow.cards import Cards
from crm_kernel.ui.flow.states import flow_of, has_board
from crm_kernel.ui.flow.steps import RecordSteps
from crm_kernel.ui.records.listing import ListPage
from crm_kernel.ui.records.room import EntityRoom
from crm_kernel.ui.templating import Renderer, told, trigger
from crm_kernel.web.parameters import CurrentActor, PathWord, RecordId

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]
CARDS = 20
DUE, REST = "d", "r"
"""The two stretches of a column: cards with a deadline, then those without one."""


class BoardPage(ListPage):
    """A list's filters, search and views, shown as columns."""

    view_name = "board"

    def lane_query(self, state: str, flow: Flow, *, due: bool | None, cursor: str | None) -> Query:
        """The cards of a column: those whose deadline is next, or those that have none, newest first."""
        asked = self.query()
        conditions = [*asked.conditions, Condition(flow.state, "eq", state)]
        sort: tuple[str, ...] = ()
        if due is not None and flow.due:
            conditions.append(Condition(flow.due, "empty", not due))
            sort = (flow.due,) if due else ()
        return asked.but(
            conditions=tuple(conditions), sort=sort, cursor=cursor, limit=CARDS, fields=None, count=False
        )


class RecordBoard(EntityRoom):
    """The board of one entity."""

    def __init__(self, kernel: Kernel, renderer: Renderer, entity: Entity) -> None:
        super().__init__(kernel, renderer, entity)
        self._steps_room = RecordSteps(kernel, renderer, entity)

    def handlers(self) -> list[Any]:
        """All routes; none for records that follow no flow. The right to a step is the service's to check."""
        if not has_board(self.kernel, self.entity):
            return []
        view = self.needs("view")
        return [
            get("/board", **view)(self.show),
            get("/board/{lane:str}", **view)(self.more),
            post("/board/{id:uuid}", **view)(self.move),
        ]

    @property
    def flow(self) -> Flow:
        """The flow of the entity."""
        found = flow_of(self.kernel, self.entity)
        if found is None:
            raise NotFound()
        return found

    async def _page(self, request: AnyRequest, actor: Actor) -> BoardPage:
        params = list(request.query_params.multi_items())
        specs = list(await self.records.fields(actor, self.entity))
        return BoardPage(self.kernel, actor, self.entity, specs, params)

    async def show(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        page, flow = await self._page(request, actor), self.flow
        states = await self.kernel.service("flows").states(actor, self.entity)
        counts = await self.records.counts(actor, self.entity, page.query(), flow.state)
        lanes = [
            (state, *await self._cards(actor, page, state.key, None, counts.get(state.key, 0)))
            for state in states
        ]
        cards = Cards(page, flow)
        await cards.prepare([record for _state, records, _next in lanes for record in records])
        steps = await self._steps(actor)
        listed = await page.region()
        listed["lanes"] = [
            {
                "key": state.key,
                "label": translate(state.label),
                "count": formats.number(counts.get(state.key, 0)),
                "closed": not any(step.target == state.key for step in steps),
                "cards": [cards.card(record, _targets(steps, state.key)) for record in records],
                "more_url": self._more_url(page, state, following),
            }
            for state, records, following in lanes
        ]
        listed["move_url"] = f"{self.path}/board/{{id}}"
        return await self.listed(request, page, listed, [])

    async def _steps(self, actor: Actor) -> Sequence[Step]:
        """The steps this person may take at all, as the newest version has them."""
        found: Sequence[Step] = await self.kernel.service("flows").steps(actor, self.entity)
        return found

    def _more_url(self, page: BoardPage, state: State, following: str | None) -> str | None:
        if following is None:
            return None
        return page.address(after=following).replace(page.path, f"{page.path}/{state.key}", 1)

    async def _cards(
        self, actor: Actor, page: BoardPage, state: str, after: str | None, count: int
    ) -> tuple[Sequence[RecordView], str | None]:
        """A stretch of a column, and where it goes on. Raises Malformed for a place that is none."""
        if not count:
            return (), None
        part, _colon, cursor = (after or f"{DUE}:").partition(":")
        if part not in (DUE, REST):
            raise Malformed(_("This page address is broken. Start again from the first page."))
        found: list[RecordView] = []
        if part == DUE and self.flow.due:
            due = await self._read(actor, page, state, True, cursor or None)
            found += due.items
            if due.next is not None:
                return found, f"{DUE}:{due.next}"
            if after is None and len(found) >= count:
                return found, None
            cursor = ""
        rest = await self._read(actor, page, state, False if self.flow.due else None, cursor or None)
        found += rest.items
        return found, f"{REST}:{rest.next}" if rest.next is not None else None

    async def _read(
        self, actor: Actor, page: BoardPage, state: str, due: bool | None, cursor: str | None
    ) -> Any:
        query = page.lane_query(state, self.flow, due=due, cursor=cursor)
        return await self.records.list(actor, self.entity, query, typed=True)

    async def more(self, request: AnyRequest, actor: CurrentActor, lane: PathWord) -> Response[str]:
        """The cards of a column after those shown."""
        page = await self._page(request, actor)
        after = page.one.get("after")
        page.params = [(key, value) for key, value in page.params if key != "after"]
        states = await self.kernel.service("flows").states(actor, self.entity)
        one = next((one for one in states if one.key == lane), None)
        if one is None:
            raise NotFound()
        records, following = await self._cards(actor, page, lane, after, CARDS + 1)
        cards = Cards(page, self.flow)
        await cards.prepare(records)
        targets = _targets(await self._steps(actor), lane)
        return self.renderer.part(
            request,
            "crm/flow/more_cards.html",
            cards=[cards.card(record, targets) for record in records],
            key=lane,
            more_url=self._more_url(page, one, following),
        )

    # Moving a card

    async def move(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        """Take the step that leads to a column; one that asks something opens its dialog instead.

        Raises Conflict with what is possible when no open step leads there.
        """
        sent = await request.form()
        wanted, version = str(sent.get("to", "")), str(sent.get("version", ""))
        view: FlowView = await self.kernel.service("flows").view(actor, self.entity, id)
        ways = [step for step in view.steps if step.target == wanted]
        if not ways:
            raise await self._no_way(actor, view, wanted)
        if len(ways) > 1 or ways[0].facts or ways[0].weight == "grave":
            return await self._ask(request, actor, id, ways)
        seen = int(version) if version.isdigit() else None
        after = await self.kernel.service("flows").step(actor, self.entity, id, ways[0].key, {}, seen)
        response = self.renderer.part(request, "crm/flow/nothing.html")
        text = _("{step} → {state}")(step=translate(ways[0].label), state=translate(after.state.label))
        told(response, translate(text))
        trigger(response, {"crm:changed": {}})
        return response

    async def _ask(self, request: AnyRequest, actor: Actor, id: UUID, ways: Sequence[Step]) -> Response[Any]:
        """The dialog of the step, or the choice among several that lead there."""
        path = f"{self.path}/{id}/steps"
        response: Response[Any]
        if len(ways) == 1:
            response = await self._steps_room.ask(request, actor, id, ways[0].key)
        else:
            steps = [{"label": translate(step.label), "url": f"{path}/{step.key}"} for step in ways]
            response = self.renderer.part(request, "crm/flow/choose_step.html", steps=steps)
        response.headers.update({"HX-Retarget": "#crm-dialog-body", "HX-Reswap": "innerHTML"})
        return response

    async def _no_way(self, actor: Actor, view: FlowView, wanted: str) -> Conflict:
        states = await self.kernel.service("flows").states(actor, self.entity)
        label = next((translate(one.label) for one in states if one.key == wanted), wanted)
        possible = " / ".join(translate(step.label) for step in view.steps)
        text = _("No step leads from “{state}” to “{target}”. Possible now: {steps}.")
        if not possible:
            text = _("No step leads from “{state}” to “{target}”, and none is up to you now.")
        words = text(state=view.state.label, target=label, steps=possible)
        return Conflict(words, code="step", open=[{"step": s.key, "label": s.label} for s in view.steps])


def _targets(steps: Sequence[Step], state: str) -> str:
    """The columns to which a card of this one may go, as its menu offers them."""
    return " ".join(dict.fromkeys(step.target for step in steps if state in step.sources))
