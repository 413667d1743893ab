"""Webhooks: which systems are told of what, whether they took it, and sending again what they did not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.errors import CrmError, NotFound
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import Text, messages
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest
from crm_kernel.ui.records.display import moment
from crm_kernel.ui.sheet import REFUSALS, Sheet, chosen, text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router
from crm_kernel.webhooks.permissions import MANAGE
from crm_kernel.webhooks.service import STATES, EndpointView, WebhookService

_ = messages("kernel")
PATH = "/admin/webhooks"
WORDS: dict[str, tuple[Text, str]] = {
    "waiting": (_("waiting"), "info"),
    "dead": (_("laid aside"), "danger"),
    "delivered": (_("delivered"), "success"),
}
HAPPENINGS: dict[str, Text] = {
    "created": _("added"),
    "changed": _("changed"),
    "deleted": _("deleted"),
    "restored": _("restored"),
    "purged": _("purged"),
    "imported": _("many at once (import, synchronisation)"),
}


def webhook_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Pages of the endpoints."""
    pages = WebhookPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/")(pages.list_page),
            get("/new")(pages.new),
            post("/new")(pages.add),
            get("/{id:uuid}")(pages.show),
            get("/{id:uuid}/edit")(pages.edit),
            post("/{id:uuid}/edit")(pages.change),
            post("/{id:uuid}/{act:str}")(pages.act),
            post("/{id:uuid}/deliveries/{delivery:uuid}/again")(pages.again),
        ],
        opt={"permission": MANAGE},
        include_in_schema=False,
    )


class WebhookPages(AdminRoom):
    """A table of endpoints, and for each a page of what it was told."""

    @property
    def hooks(self) -> WebhookService:
        """The service."""
        found: WebhookService = self.kernel.service("webhooks")
        return found

    async def list_page(self, request: AnyRequest, actor: Actor) -> Response[str]:
        return await self.renderer.page(
            request,
            "crm/admin/webhooks.html",
            heading=translate(_("Webhooks")),
            rows=[self._row(one) for one in await self.hooks.list(actor)],
            path=self.url(PATH),
        )

    def _row(self, one: EndpointView) -> dict[str, Any]:
        label, tone = _("on"), "success"
        if not one.active:
            label, tone = _("switched off"), "neutral"
        elif one.failing_since is not None:
            label, tone = _("does not answer"), "danger"
        return {
            "id": one.id,
            "url": one.url,
            "label": one.label,
            "events": list(one.events),
            "active": one.active,
            "state": translate(label),
            "tone": tone,
            "fault": one.fault,
            "since": moment(one.failing_since) if one.failing_since else "",
            "waiting": one.counts.get("waiting", 0),
            "dead": one.counts.get("dead", 0),
            "delivered": one.counts.get("delivered", 0),
        }

    async def show(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        state = request.query_params.get("state", "")
        state = state if state in STATES else ""
        endpoint = await self.hooks.get(actor, id)
        page = await self.hooks.deliveries(
            actor, id, state=state or None, cursor=request.query_params.get("cursor") or None
        )
        here = self.url(f"{PATH}/{id}")
        following = f"{here}?{urlencode({'state': state, 'cursor': page.next})}" if page.next else None
        return await self.renderer.page(
            request,
            "crm/admin/webhook.html",
            heading=endpoint.label or endpoint.url,
            endpoint=self._row(endpoint),
            rows=[
                {
                    "id": one.id,
                    "event_id": one.event_id,
                    "event": one.event,
                    "record": one.record_id,
                    "at": moment(one.at),
                    "state": translate(WORDS[one.state][0]),
                    "tone": WORDS[one.state][1],
                    "attempts": one.attempts,
                    "status": one.status,
                    "fault": one.fault,
                    "due_at": moment(one.due_at) if one.due_at else "",
                    "again": one.state != "waiting",
                }
                for one in page.items
            ],
            states=[
                {
                    "label": translate(label),
                    "count": endpoint.counts.get(key) if key else None,
                    "url": here + (f"?state={key}" if key else ""),
                    "active": key == state,
                }
                for key, label in (("", _("all")), *((key, word[0]) for key, word in WORDS.items()))
            ],
            next_url=following,
            path=self.url(PATH),
            here=here,
        )

    async def new(self, request: AnyRequest, actor: Actor) -> Response[str]:
        return self._form(request, actor, {}, f"{PATH}/new")

    def _form(
        self,
        request: AnyRequest,
        actor: Actor,
        stored: Mapping[str, Any],
        save: str,
        typed: Any = None,
        fault: CrmError | None = None,
    ) -> Response[str]:
        sheet = Sheet(typed, stored, fault)
        sheet.field("label", _("Name"), extra={"autofocus": True, "maxlength": 120})
        sheet.field("url", _("Address"), "url", required=True, wide=True, hint=_("Begins with https://."))
        sheet.field("events", _("Events"), "multi", options=self._choices(actor), required=True, wide=True)
        return self.dialog(request, _("Endpoint"), sheet, save)

    def _choices(self, actor: Actor) -> list[tuple[str, Text | str]]:
        """All events, all of each record type, then each by itself."""
        found: list[tuple[str, Text | str]] = [("*", _("everything"))]
        entities = {entity.name: entity for entity in self.kernel.registry.of(Entity)}
        found += [
            (f"{name}.*", _("{records}: everything")(records=entity.plural_label))
            for name, entity in entities.items()
        ]
        for name, label in self.hooks.events(actor):
            entity, _dot, happening = name.partition(".")
            if label is not None:
                found.append((name, label))
            elif entity in entities and happening in HAPPENINGS:
                words = {"record": entities[entity].label, "happening": HAPPENINGS[happening]}
                found.append((name, _("{record}: {happening}")(**words)))
            else:
                found.append((name, name))
        return found

    async def add(self, request: AnyRequest, actor: Actor) -> Response[Any]:
        sent = await request.form()
        try:
            view, secret = await self.hooks.add(
                actor, text_of(sent, "url"), chosen(sent, "events"), label=text_of(sent, "label")
            )
        except REFUSALS as fault:
            return self._form(request, actor, {}, f"{PATH}/new", sent, fault)
        return self._secret(request, secret, f"{PATH}/{view.id}")

    def _secret(self, request: AnyRequest, secret: str, path: str) -> Response[Any]:
        return self.renderer.part(
            request, "crm/admin/webhook_secret.html", secret=secret, go_on=self.url(path)
        )

    async def edit(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        view = await self.hooks.get(actor, id)
        stored = {"label": view.label, "url": view.url, "events": list(view.events)}
        return self._form(request, actor, stored, f"{PATH}/{id}/edit")

    async def change(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        sent = await request.form()
        try:
            await self.hooks.change(
                actor,
                id,
                url=text_of(sent, "url"),
                events=chosen(sent, "events"),
                label=text_of(sent, "label"),
            )
        except REFUSALS as fault:
            return self._form(request, actor, {}, f"{PATH}/{id}/edit", sent, fault)
        return self.done(request, self.back_to(request, PATH), _("Saved."))

    async def act(self, request: AnyRequest, actor: Actor, id: UUID, act: str) -> Response[Any]:
        """Try out, switch, send again, a new secret, forget."""
        match act:
            case "test":
                await self.hooks.test(actor, id)
                text: Text = _("A message is on its way.")
            case "on" | "off":
                await self.hooks.switch(actor, id, active=act == "on")
                text = _("It is told again.") if act == "on" else _("It is told nothing; events wait.")
            case "replay":
                count = await self.hooks.replay(actor, id)
                text = _("{count} are sent again.")(count=count)
            case "rotate":
                return self._secret(request, await self.hooks.rotate(actor, id), f"{PATH}/{id}")
            case "delete":
                await self.hooks.remove(actor, id)
                return self.done(request, PATH, _("The endpoint is removed."))
            case _:
                raise NotFound()
        return self.done(request, self.back_to(request, PATH), text)

    async def again(self, request: AnyRequest, actor: Actor, id: UUID, delivery: UUID) -> Response[Any]:
        await self.hooks.replay(actor, id, delivery)
        return self.done(request, self.back_to(request, PATH), _("It is sent again."))
