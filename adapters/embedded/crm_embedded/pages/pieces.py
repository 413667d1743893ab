"""Pieces of pages for the host's own pages: fragments that custom elements fetch (frontend/src/pieces)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.response import Redirect

from crm_embedded.pages.found import CustomerFinder
from crm_kernel.actor import Actor
from crm_kernel.errors import CrmError, Invalid, NotFound
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.kinds import PHONE
from crm_kernel.records.notes.view import NoteChange, NoteDraft
from crm_kernel.text import messages
from crm_kernel.ui.room import PageRoom
from crm_kernel.ui.templating import Renderer, html
from crm_kernel.web.parameters import CurrentActor, RecordId
from crm_kernel.web.router import Router

_ = messages("embedded")
AnyRequest = Request[Any, Any, Any]
OWN = {"signed_in": "each part is asked for by those who may see it"}
SHOWN_NOTES = 3
SHOWN = 8


def piece_handlers(kernel: Kernel, renderer: Renderer) -> list[Any]:
    """The script's stable address, and the fragments."""
    pieces = Pieces(kernel, renderer)
    script = get("/pieces.js", opt={"public": "a script"}, include_in_schema=False)(pieces.script)
    return [script, Router("/pieces", route_handlers=pieces.handlers(), include_in_schema=False)]


class Pieces(PageRoom):
    """What the custom elements show; nothing of it knows the host."""

    def __init__(self, kernel: Kernel, renderer: Renderer) -> None:
        super().__init__(kernel, renderer)
        self._finder = CustomerFinder(kernel)

    def handlers(self) -> list[Any]:
        """Fragments; none where the service behind them is missing."""
        found: list[Any] = [
            get("/present", opt=OWN)(self.present),
            get("/calls", opt=OWN)(self.calls),
            post("/calls", opt=OWN)(self.ring),
        ]
        if self._finder.present:
            found += [
                get("/customer-card", opt=OWN)(self.customer_card),
                get("/timeline", opt=OWN)(self.timeline),
                post("/customers/{id:uuid}/call", opt={"permission": "telephone.call"})(self.call),
                post("/customers/{id:uuid}/notes", opt={"permission": "notes.create"})(self.add_note),
                post("/customers/{id:uuid}/notes/{note:uuid}", opt={"permission": "notes.change"})(
                    self.change_note
                ),
            ]
        if self.kernel.offers("tasks"):
            found += [
                get("/tasks", opt={"permission": "tasks.view"})(self.tasks),
                post("/tasks/{id:uuid}/close", opt={"permission": "tasks.change"})(self.close_task),
            ]
        return found

    async def script(self) -> Redirect:
        """Where the script of this release lies."""
        return Redirect(self.renderer.assets.url("pieces.js"), status_code=302)

    async def present(self) -> Response[str]:
        """Whether somebody is signed in, for pages that show no call."""
        return html("", status=204)

    async def customer_card(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        card = await self._finder.find(actor, request.query_params)
        if card is None:
            return self.renderer.part(request, "embedded/nobody.html")
        return await self._card(request, actor, card)

    async def _card(
        self,
        request: AnyRequest,
        actor: Actor,
        card: Any,
        fault: CrmError | None = None,
        typed: str = "",
        *,
        told: str = "",
    ) -> Response[str]:
        notes: Any = []
        if actor.may("notes.view"):
            page = await self.kernel.service("notes").list(actor, "customer", card.id, limit=SHOWN_NOTES)
            notes = page.items
        return self.renderer.part(
            request,
            "embedded/customer_card.html",
            status=422 if fault else 200,
            card=card,
            cars=await self._finder.cars(actor, card.id),
            notes=notes,
            may_write=actor.may("notes.create"),
            fault=_words(fault),
            typed=typed,
            told=told,
            may_call=bool(card.mobile) and self.kernel.service("telephone").offered(actor),
        )

    async def call(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        """Let the actor's telephone ring for the customer on the card."""
        await self.kernel.service("telephone").call(actor, "customer", id, "mobile")
        text = translate(_("Your telephone rings. Pick it up to be connected."))
        return await self._card(request, actor, await self._present(actor, id), told=text)

    async def add_note(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        body = str((await request.form()).get("body", ""))
        fault: CrmError | None = None
        try:
            await self.kernel.service("notes").add(actor, "customer", id, NoteDraft(body=body))
        except Invalid as refused:
            fault = refused
        return await self._card(request, actor, await self._present(actor, id), fault, body if fault else "")

    async def change_note(
        self, request: AnyRequest, actor: CurrentActor, id: RecordId, note: UUID
    ) -> Response[str]:
        form = await request.form()
        version = str(form.get("version", ""))
        fault: CrmError | None = None
        try:
            await self.kernel.service("notes").change(
                actor,
                note,
                NoteChange(body=str(form.get("body", ""))),
                int(version) if version.isdigit() else None,
            )
        except Invalid as refused:
            fault = refused
        return await self._card(request, actor, await self._present(actor, id), fault)

    async def _present(self, actor: Actor, id: UUID) -> Any:
        card = await self._finder.find(actor, {"record": str(id)})
        if card is None:
            raise NotFound()
        return card

    async def timeline(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        card = await self._finder.find(actor, request.query_params)
        if card is None:
            return self.renderer.part(request, "embedded/nobody.html")
        page = await self.kernel.service("timeline").read(actor, "customer", card.id, limit=SHOWN)
        return self.renderer.part(request, "embedded/timeline.html", card=card, items=page.items)

    async def tasks(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        page = await self.kernel.service("tasks").list(actor, "mine", limit=SHOWN)
        return self.renderer.part(
            request, "embedded/tasks.html", tasks=page.items, may_close=actor.may("tasks.change")
        )

    async def close_task(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        await self.kernel.service("tasks").close(actor, id)
        return await self.tasks(request, actor)

    async def calls(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        """The caller's card; 204 while nobody new is calling."""
        ringing = await self.kernel.service("calls").ringing(actor)
        if ringing is None or str(ringing.id) == request.query_params.get("seen"):
            return html("", status=204)
        card = await self._finder.find(actor, {"mobile": ringing.number})
        return self.renderer.part(
            request,
            "embedded/call.html",
            call=ringing,
            shown=PHONE.mask(ringing.number) if PHONE.mask else "",
            card=card,
            cars=await self._finder.cars(actor, card.id) if card is not None else [],
        )

    async def ring(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        """A softphone on the person's own page says who is calling."""
        number = str((await request.form()).get("mobile", ""))
        await self.kernel.service("calls").ring_me(actor, number)
        return html("", status=204)


def _words(fault: CrmError | None) -> str:
    if isinstance(fault, Invalid):
        return " ".join(translate(one.message) for one in fault.errors)
    return ""
