"""How far somebody reaches: his scope, his dealership, and not one row further."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID, uuid4

import httpx

from crm_kernel.actor import Actor, Scope
from crm_kernel.contributions import Entity
from crm_kernel.dal.base import Record
from crm_kernel.testing.contract.check import Level, check
from crm_kernel.testing.contract.rights import PARAMETER, filled, own_routes
from crm_kernel.testing.contract.subject import Subject
from crm_kernel.testing.rows import MARK
from crm_kernel.text import messages

_ = messages("kernel")
BODY = {"reason": "x", "title": "x", "text": "x", "field": "name"}


def records(subject: Subject) -> list[Entity]:
    """The plugin's entities whose rows belong to a dealership."""
    return [entity for entity in subject.of(Entity) if issubclass(entity.model, Record)]


@check(Level.BRONZE, _("Lists show what the scope allows, and no more"))
async def row_scope(subject: Subject) -> Sequence[str]:
    """Own shows one's own, the dealership its own, nothing of the neighbour."""
    found = []
    for entity in records(subject):
        view = entity.permission("view")
        mine, colleague = (
            await subject.hired({view: Scope.OWN}),
            await subject.hired({view: Scope.DEALERSHIP}),
        )
        neighbour = await subject.hired({view: Scope.DEALERSHIP}, foreign=True)
        ids = {who.id: await subject.row(entity, who) for who in (mine, colleague, neighbour)}
        for actor, allowed in ((mine, {mine.id}), (colleague, {mine.id, colleague.id})):
            seen = await _listed(subject, actor, entity)
            wrong = [who for who, row in ids.items() if (row in seen) != (who in allowed)]
            if wrong:
                scope = actor.grants.permissions[view].name.lower()
                found.append(f"{entity.plural}: scope {scope} shows the wrong rows")
    return found


async def _listed(subject: Subject, actor: Actor, entity: Entity) -> set[UUID]:
    async with subject.client(actor) as person:
        answer = await person.get(f"/api/v1/{entity.plural}?limit=200")
    answer.raise_for_status()
    return {UUID(item["id"]) for item in answer.json()["items"]}


@check(Level.BRONZE, _("A foreign id is answered like one that never was"))
async def foreign_ids(subject: Subject) -> Sequence[str]:
    """On every route with an id: the same status, the same words, nothing of the record."""
    neighbour = await subject.hired({}, foreign=True, name=MARK)
    rows = {entity.name: await subject.row(entity, neighbour) for entity in records(subject)}
    every = await subject.hired(dict.fromkeys(subject.kernel.registry.permissions, Scope.DEALERSHIP))
    found = []
    async with subject.client(every) as person:
        for method, path, name in _with_ids(subject, rows):
            asked = await _asked(person, method, path, rows[name])
            never = await _asked(person, method, path, uuid4())
            if asked != never:
                found.append(
                    f"{method} {path} answers a foreign {name} with {asked[0]}, no record with {never[0]}"
                )
            elif MARK in asked[1]:
                found.append(f"{method} {path} tells something of a foreign {name}")
            elif asked[0] == 500:
                found.append(f"{method} {path} fails for an id that is not there")
    return found


def _with_ids(subject: Subject, rows: Mapping[str, UUID]) -> Iterator[tuple[str, str, str]]:
    """(method, path, entity) of every route with an id, tried with the entities it may be about."""
    for method, path, need in own_routes(subject):
        if PARAMETER.search(path):
            entity = need.get("entity")
            for name in rows if entity is None else (entity,):
                if name in rows:
                    yield method, path, name


async def _asked(person: httpx.AsyncClient, method: str, path: str, id: UUID) -> tuple[int, str]:
    address = filled(path, id) + ("?reason=x" if method == "DELETE" else "")
    body = None if method == "GET" else BODY
    answer = await person.request(method, address, json=body, headers={"if-match": '"1"'})
    words = re.sub(r"(nonce|csrf|token)[^\s]*", "", answer.text)
    return answer.status_code, words.replace(str(id), "ID").replace(id.hex, "ID")
