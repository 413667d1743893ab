"""List, create, read, change, delete, restore, reveal, history and bulk for every entity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from litestar import Request, delete, get, patch, post
from litestar.openapi.spec import Operation

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.errors import Invalid
from crm_kernel.kernel import Kernel
from crm_kernel.records.query_params import parse_query
from crm_kernel.records.service import RecordService
from crm_kernel.records.view import RecordView
from crm_kernel.text import messages
from crm_kernel.web import answers
from crm_kernel.web.answers import JsonAnswer
from crm_kernel.web.extras.handlers import entity_handlers
from crm_kernel.web.records import documents as doc
from crm_kernel.web.records.bulk import parse_bulk
from crm_kernel.web.records.clocks import Clocks
from crm_kernel.web.router import Router
from crm_kernel.web.routes import RouteBook, possible

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]


def entity_routers(kernel: Kernel, path: str, book: RouteBook) -> list[Router]:
    """The routes of every entity; a module whose entity is declared wrongly, or stands in for another's
    route, is quarantined.

    Routers are not nested: the framework copies what it nests, at ten milliseconds an entity.
    """
    routers: list[Router] = []
    for plugin, entity in kernel.registry.owned(Entity):
        try:
            router = Router(
                f"{path}/{entity.plural}",
                route_handlers=possible(
                    entity, [*EntityRoutes(kernel, entity).handlers(), *entity_handlers(kernel, entity)]
                ),
                opt={"plugin": plugin, "entity": entity.name},
                tags=[entity.plural],
            )
            book.enter(plugin, router, kernel.registry.permissions)
        except Exception as fault:
            kernel.quarantine(plugin, f"routes of {entity.name}: {type(fault).__name__}: {fault}")
            continue
        routers.append(router)
    return [router for router in routers if kernel.plugins[str(router.opt["plugin"])].state == "on"]


class EntityRoutes:
    """Thin handlers over the record service: parse, one call, shape."""

    def __init__(self, kernel: Kernel, entity: Entity) -> None:
        self._kernel = kernel
        self._entity = entity
        self._records: RecordService = kernel.service("records")
        self._clocks = Clocks(kernel, entity)
        self._location = f"{kernel.settings.prefix}/api/v1/{entity.plural}/"

    def handlers(self) -> list[Any]:
        """All handlers of the entity."""
        entity = self._entity

        def named(verb: str, described: type[Operation], permission: str = "", **opt: Any) -> dict[str, Any]:
            return {
                "name": f"api.{entity.name}.{verb}",
                "operation_id": f"{entity.name}_{verb}",
                "summary": f"{entity.label}: {verb}",
                "operation_class": described,
                "opt": {"permission": entity.permission(permission or verb), **opt},
            }

        return [
            get("/", **named("list", doc.listing(entity), "view"))(self._list()),
            post("/", status_code=201, **named("create", doc.creating(entity)))(self._create()),
            get("/{id:uuid}", **named("view", doc.viewing(entity)))(self._view()),
            patch("/{id:uuid}", **named("change", doc.changing(entity)))(self._change()),
            delete("/{id:uuid}", status_code=204, **named("delete", doc.deleting(entity)))(self._delete()),
            post("/{id:uuid}/restore", status_code=200, **named("restore", doc.restoring(entity)))(
                self._restore()
            ),
            post(
                "/{id:uuid}/reveal",
                status_code=200,
                **named("reveal", doc.revealing(entity), idempotent=False),
            )(self._reveal()),
            get("/{id:uuid}/history", **named("history", doc.telling(entity)))(self._history()),
            post("/bulk", status_code=200, **named("bulk", doc.bulk(entity), "view", idempotent="apart"))(
                self._bulk()
            ),
        ]

    async def _answer(
        self,
        request: AnyRequest,
        record: RecordView,
        status: int = 200,
        headers: Sequence[tuple[bytes, bytes]] = (),
        more: Mapping[str, Any] = MappingProxyType({}),
    ) -> JsonAnswer:
        """The record, with its clocks and whatever else there is to say."""
        more = {**await self._clocks.of(request.user, record), **more}
        document = answers.encode_readable({**record.values(), **more}) if more else answers.encode(record)
        return JsonAnswer(document, status, [*headers, answers.etag(record.version)])

    def _list(self) -> Any:
        async def handle(request: AnyRequest) -> JsonAnswer:
            query = await parse_query(
                self._records, request.user, self._entity, answers.parameters(request.scope)
            )
            page = await self._records.list(request.user, self._entity, query)
            items = await self._clocks.beside_all(request.user, page.items)
            document: dict[str, Any] = {"items": items, "next": page.next}
            if query.count:
                document["count"] = page.count
            return JsonAnswer(answers.encode(document))

        return handle

    def _create(self) -> Any:
        async def handle(request: AnyRequest) -> JsonAnswer:
            values = answers.decode_object(await request.body())
            record = await self._records.create(request.user, self._entity, values)
            location = (b"location", f"{self._location}{record.id}".encode())
            more = await self._suspects(request.user, values, record.id)
            return await self._answer(request, record, 201, [location], more)

        return handle

    async def _suspects(self, actor: Actor, values: dict[str, Any], id: UUID) -> dict[str, Any]:
        """`duplicates`: records that may be the one just written; nothing where nobody looks for any."""
        service = f"{self._entity.name}.duplicates"
        if not self._kernel.offers(service) or not actor.may(self._entity.permission("view")):
            return {}
        return {"duplicates": await self._kernel.service(service).suspects(actor, values, but=id)}

    def _view(self) -> Any:
        async def handle(request: AnyRequest) -> JsonAnswer:
            record = await self._records.get(request.user, self._entity, _id(request))
            if not self._clocks.run and answers.not_modified(request.scope, record.version):
                return JsonAnswer(b"", 304, [answers.etag(record.version)])
            return await self._answer(request, record)

        return handle

    def _change(self) -> Any:
        async def handle(request: AnyRequest) -> JsonAnswer:
            version = answers.seen_version(request.scope)
            changes = answers.decode_object(await request.body())
            record = await self._records.change(request.user, self._entity, _id(request), changes, version)
            more = await self._suspects(request.user, changes, _id(request))
            return await self._answer(request, record, more=more)

        return handle

    def _delete(self) -> Any:
        async def handle(request: AnyRequest) -> None:
            version = answers.seen_version(request.scope)
            reason = dict(answers.parameters(request.scope)).get("reason", "")
            await self._records.delete(request.user, self._entity, _id(request), reason, version)

        return handle

    def _restore(self) -> Any:
        async def handle(request: AnyRequest) -> JsonAnswer:
            record = await self._records.restore(request.user, self._entity, _id(request))
            return await self._answer(request, record)

        return handle

    def _reveal(self) -> Any:
        async def handle(request: AnyRequest) -> JsonAnswer:
            field = answers.decode_object(await request.body()).get("field")
            if not isinstance(field, str):
                raise Invalid.one("field", "required", _("Say which field to reveal."))
            value = await self._records.reveal(request.user, self._entity, _id(request), field)
            return JsonAnswer(answers.encode({"value": value}))

        return handle

    def _history(self) -> Any:
        async def handle(request: AnyRequest) -> JsonAnswer:
            asked = dict(answers.parameters(request.scope))
            page = await self._records.history(
                request.user, self._entity, _id(request), asked.get("cursor"), answers.limit_of(asked)
            )
            return JsonAnswer(answers.encode_readable(page))

        return handle

    def _bulk(self) -> Any:
        async def handle(request: AnyRequest) -> JsonAnswer:
            body = answers.decode_object(await request.body())
            selection, verb, arguments = await parse_bulk(self._records, request.user, self._entity, body)
            result = await self._records.bulk(request.user, self._entity, selection, verb, arguments)
            return JsonAnswer(answers.encode_readable(result))

        return handle


def _id(request: AnyRequest) -> UUID:
    found: UUID = request.path_params["id"]
    return found
