"""What the buttons of lists and records do: delete, restore, and acts on many records at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from litestar import Request, Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.errors import FieldError, Invalid, NotFound
from crm_kernel.i18n import translate
from crm_kernel.records.bulk import Selection
from crm_kernel.records.query_params import parse
from crm_kernel.text import messages
from crm_kernel.ui.records.room import EntityRoom
from crm_kernel.ui.templating import go, html, is_htmx, told, trigger
from crm_kernel.web.parameters import CurrentActor, PathWord, RecordId

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]


class RecordVerbs(EntityRoom):
    """Verbs of one entity."""

    def handlers(self) -> list[Any]:
        """All routes, each with the right it needs; acts on many check their own in the service."""
        return [
            post("/{id:uuid}/delete", **self.needs("delete"))(self.delete),
            post("/{id:uuid}/restore", **self.needs("restore"))(self.restore),
            get("/bulk-form/{verb:str}", **self.needs("view"))(self.bulk_form),
            post("/bulk/{verb:str}", **self.needs("view"))(self.bulk),
        ]

    async def delete(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        sent = await request.form()
        await self.records.delete(
            actor, self.entity, id, str(sent.get("reason", "")).strip(), version_of(sent)
        )
        text = translate(_("{entity} deleted.")(entity=translate(self.entity.label)))
        undo = {"label": translate(_("Undo")), "url": f"{self.path}/{id}/restore"}
        current = request.headers.get("hx-current-url", "")
        toast = {"level": "success", "text": text, "undo": undo}
        if f"/{id}" in current or not is_htmx(request):
            return go(request, self.path, toast)
        response = html("")
        told(response, text, undo=undo if actor.may(self.entity.permission("restore")) else None)
        trigger(response, {"crm:changed": {}})
        return response

    async def restore(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        await self.records.restore(actor, self.entity, id)
        text = translate(_("{entity} is back.")(entity=translate(self.entity.label)))
        if f"/{id}" in request.headers.get("hx-current-url", "") or not is_htmx(request):
            return go(request, f"{self.path}/{id}", {"level": "success", "text": text})
        response = html("")
        told(response, text)
        trigger(response, {"crm:changed": {}})
        return response

    async def bulk_form(self, request: AnyRequest, actor: CurrentActor, verb: PathWord) -> Response[str]:
        """The question a bulk act asks first: which tags, which owner."""
        options: list[tuple[str, str]] = []
        if verb == "tag":
            options = [(tag.name, tag.name) for tag in await self.kernel.service("tags").list(actor)]
        elif verb != "move":
            raise NotFound()
        lookup = f"{self.kernel.settings.prefix}/lookup/staff" if verb == "move" else None
        return self.renderer.part(
            request, "crm/records/bulk_form.html", verb=verb, options=options, lookup=lookup, path=self.path
        )

    async def bulk(self, request: AnyRequest, actor: CurrentActor, verb: PathWord) -> Response[Any]:
        sent = await request.form()
        selection = await self._selection(actor, sent)
        arguments: dict[str, Any] = {"reason": str(sent.get("reason", "")).strip()}
        if verb == "tag":
            arguments = {"add": [str(tag) for tag in sent.getall("tags", [])]}
        elif verb == "move":
            arguments = {"owner_id": str(sent.get("owner_id", ""))}
        result = await self.records.bulk(actor, self.entity, selection, verb, arguments)
        response = html("")
        done = translate(_("{count} records done.")(count=result.done))
        if result.failed:
            why = translate(result.failed[0].message)
            left = _("{count} were left as they are: {why}")(count=len(result.failed), why=why)
            done += " " + translate(left)
        told(response, done, level="warning" if result.failed else "success")
        trigger(response, {"crm:changed": {}, "crm:close-dialog": {}})
        return response

    async def _selection(self, actor: Actor, sent: Any) -> Selection:
        if sent.get("matching") == "1":
            pairs = [
                p
                for p in parse_qsl(str(sent.get("query", "")))
                if p[0] not in ("columns", "trail", "view", "cursor")
            ]
            specs = await self.records.fields(actor, self.entity)
            return Selection(query=parse(self.entity, specs, pairs, timezone=actor.timezone))
        try:
            return Selection(ids=tuple(UUID(str(one)) for one in sent.getall("ids", [])))
        except ValueError as fault:
            raise Invalid([FieldError("ids", "type", _("This is not a record's id."))]) from fault


def version_of(sent: Mapping[str, Any]) -> int | None:
    """The version a form was filled from, as it says."""
    raw = str(sent.get("version", ""))
    return int(raw) if raw.isdigit() else None
