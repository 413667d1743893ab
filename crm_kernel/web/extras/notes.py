"""`/<plural>/{id}/notes`, `/<plural>/{id}/timeline`, `/notes/{id}`."""

from __future__ import annotations

from typing import Any

from litestar import delete, get, patch, post

from crm_kernel.contributions import Entity
from crm_kernel.kernel import Kernel
from crm_kernel.records.notes.view import NoteChange, NoteDraft
from crm_kernel.web import answers
from crm_kernel.web.answers import JsonAnswer
from crm_kernel.web.extras import documents as doc
from crm_kernel.web.extras.bodies import AnyRequest, body, id_of
from crm_kernel.web.records.operations import TEXT, query

KINDS = query("kind", TEXT, "Kinds separated by commas")


def entity_notes(kernel: Kernel, entity: Entity) -> list[Any]:
    """Notes and timeline of the records of an entity."""
    location = f"{kernel.settings.prefix}/api/v1/notes/"

    @get(
        "/{id:uuid}/timeline",
        operation_id=f"{entity.name}_timeline",
        summary=f"{entity.label}: what happened, newest first",
        operation_class=doc.listing([KINDS, doc.CURSOR, doc.LIMIT], of_one=True),
        opt={"permission": entity.permission("view")},
    )
    async def timeline(request: AnyRequest) -> JsonAnswer:
        page = await kernel.service("timeline").read(request.user, entity, id_of(request), **_page(request))
        return JsonAnswer(answers.encode(page))

    @get(
        "/{id:uuid}/notes",
        operation_id=f"{entity.name}_notes",
        summary=f"{entity.label}: notes, calls and visits",
        operation_class=doc.listing([KINDS, doc.CURSOR, doc.LIMIT], of_one=True),
        opt={"permission": "notes.view"},
    )
    async def listed(request: AnyRequest) -> JsonAnswer:
        page = await kernel.service("notes").list(request.user, entity, id_of(request), **_page(request))
        return JsonAnswer(answers.encode(page))

    @post(
        "/{id:uuid}/notes",
        status_code=201,
        operation_id=f"{entity.name}_notes_add",
        summary=f"{entity.label}: write a note",
        operation_class=doc.writing(201),
        opt={"permission": "notes.create"},
    )
    async def add(request: AnyRequest) -> JsonAnswer:
        draft = await body(request, NoteDraft)
        note = await kernel.service("notes").add(request.user, entity, id_of(request), draft)
        headers = [(b"location", f"{location}{note.id}".encode()), answers.etag(note.version)]
        return JsonAnswer(answers.encode(note), 201, headers)

    return [timeline, listed, add]


def _page(request: AnyRequest) -> dict[str, Any]:
    asked = dict(answers.parameters(request.scope))
    kinds = [kind for kind in asked.get("kind", "").split(",") if kind][:20]
    return {"kinds": kinds, "cursor": asked.get("cursor"), "limit": answers.limit_of(asked)}


def note_handlers(kernel: Kernel) -> list[Any]:
    """A note by its own id."""

    @get(
        "/notes/{id:uuid}",
        operation_id="note",
        summary="A note",
        operation_class=doc.reading(),
        opt={"permission": "notes.view"},
        tags=["notes"],
    )
    async def one(request: AnyRequest) -> JsonAnswer:
        note = await kernel.service("notes").get(request.user, id_of(request))
        return JsonAnswer(answers.encode(note), 200, [answers.etag(note.version)])

    @patch(
        "/notes/{id:uuid}",
        operation_id="note_change",
        summary="Correct a note",
        operation_class=doc.writing(200, versioned=True),
        opt={"permission": "notes.change"},
        tags=["notes"],
    )
    async def change(request: AnyRequest) -> JsonAnswer:
        version = answers.seen_version(request.scope)
        wanted = await body(request, NoteChange)
        note = await kernel.service("notes").change(request.user, id_of(request), wanted, version)
        return JsonAnswer(answers.encode(note), 200, [answers.etag(note.version)])

    @delete(
        "/notes/{id:uuid}",
        status_code=204,
        operation_id="note_delete",
        summary="Take a note away",
        operation_class=doc.writing(204, versioned=True, body=False),
        opt={"permission": "notes.delete"},
        tags=["notes"],
    )
    async def remove(request: AnyRequest) -> None:
        version = answers.seen_version(request.scope)
        reason = dict(answers.parameters(request.scope)).get("reason", "")
        await kernel.service("notes").delete(request.user, id_of(request), reason, version)

    return [one, change, remove]
