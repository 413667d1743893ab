"""`/flows`: versions of a dealership's flows, the draft of one, and moving running records over."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import delete, get, post, put
from litestar.openapi.spec import Parameter

from crm_kernel.flow.definition import Definition
from crm_kernel.flow.desk import MANAGE
from crm_kernel.kernel import Kernel
from crm_kernel.web import answers
from crm_kernel.web.answers import JsonAnswer
from crm_kernel.web.extras import documents as doc
from crm_kernel.web.extras.bodies import AnyRequest, body
from crm_kernel.web.records.operations import TEXT, WHOLE, json_body, operation, query

NAME = Parameter(name="name", param_in="path", required=True, schema=TEXT)
NUMBER = Parameter(name="number", param_in="path", required=True, schema=WHOLE)

OPT, TAGS = {"permission": MANAGE.name}, ["flows"]


def _writing(parameters: list[Parameter], status: int = 200) -> doc.Described:
    sent = json_body(doc.OBJECT) if status != 204 else None
    return operation({status: ("Done", doc.OBJECT if sent else None)}, doc.WRITE, parameters, sent)


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """A definition to be published; `base` is the version it was made from (0: none)."""

    definition: Definition
    base: int
    remark: str = ""


class Kept(msgspec.Struct, forbid_unknown_fields=True):
    """A draft as it shall be; `seen` is the revision it was made from (0: none)."""

    definition: Definition
    seen: int


class Published(msgspec.Struct, forbid_unknown_fields=True):
    """Publishing the draft in the revision that was seen."""

    seen: int
    remark: str = ""


class Moved(msgspec.Struct, forbid_unknown_fields=True):
    """Where records go whose state the version does not have: old state to new one."""

    states: dict[str, str] = {}


def flow_handlers(kernel: Kernel) -> list[Any]:
    """The routes, under `/flows`."""

    def name_of(request: AnyRequest) -> str:
        return str(request.path_params["name"])

    def number_of(request: AnyRequest) -> int:
        return int(request.path_params["number"])

    @get(
        "/flows",
        opt=OPT,
        tags=TAGS,
        operation_id="flows",
        summary="The flows of the modules here",
        operation_class=doc.listing(),
    )
    async def listed(request: AnyRequest) -> JsonAnswer:
        editor = kernel.service("flow_editor")
        names = [flow.name for flow in await editor.flows(request.user)]
        items = [await editor.summary(request.user, name) for name in names]
        return JsonAnswer(answers.encode_readable({"items": items}))

    @get(
        "/flows/{name:str}",
        operation_id="flow_definition",
        summary="What new records follow, as it is stored",
        operation_class=doc.reading([NAME], of_one=False),
        opt=OPT,
        tags=TAGS,
    )
    async def current(request: AnyRequest) -> JsonAnswer:
        editor, name = kernel.service("flow_editor"), name_of(request)
        summary = await editor.summary(request.user, name)
        definition = await editor.definition(request.user, name)
        return JsonAnswer(answers.encode({"version": summary.version, "definition": plain(definition)}))

    @post(
        "/flows/{name:str}/check",
        status_code=200,
        operation_id="flow_check",
        summary="What speaks against a definition; nothing is kept",
        operation_class=_writing([NAME]),
        opt=OPT,
        tags=TAGS,
    )
    async def check(request: AnyRequest) -> JsonAnswer:
        definition = await body(request, Definition)
        found = await kernel.service("flow_editor").check(request.user, name_of(request), definition)
        return JsonAnswer(answers.encode_readable({"items": found}))

    @get(
        "/flows/{name:str}/versions",
        operation_id="flow_versions",
        summary="Versions, who made them, and how many records of each state follow them",
        operation_class=doc.listing([NAME]),
        opt=OPT,
        tags=TAGS,
    )
    async def versions(request: AnyRequest) -> JsonAnswer:
        found = await kernel.service("flow_editor").versions(request.user, name_of(request))
        return JsonAnswer(answers.encode_readable({"items": found}))

    @post(
        "/flows/{name:str}/versions",
        status_code=201,
        operation_id="flow_publish",
        summary="Publish a definition as the next version",
        operation_class=_writing([NAME], 201),
        opt=OPT,
        tags=TAGS,
    )
    async def publish(request: AnyRequest) -> JsonAnswer:
        wanted = await body(request, Wanted)
        number = await kernel.service("flow_editor").save(
            request.user, name_of(request), wanted.definition, base=wanted.base, remark=wanted.remark
        )
        return JsonAnswer(answers.encode({"version": number}), 201)

    @get(
        "/flows/{name:str}/versions/{number:int}",
        operation_id="flow_version",
        summary="A version as it is stored; with `against`, how it differs from another one",
        operation_class=doc.reading([NAME, NUMBER, query("against", WHOLE)], of_one=False),
        opt=OPT,
        tags=TAGS,
    )
    async def version(request: AnyRequest) -> JsonAnswer:
        editor, name, number = kernel.service("flow_editor"), name_of(request), number_of(request)
        definition = await editor.definition(request.user, name, number)
        found: dict[str, Any] = {"version": number, "definition": plain(definition)}
        against = dict(answers.parameters(request.scope)).get("against", "")
        if against.isdigit():
            changes = await editor.compare(request.user, name, int(against), number)
            found["changes"] = msgspec.json.decode(answers.encode_readable(changes))
        return JsonAnswer(answers.encode(found))

    @get(
        "/flows/{name:str}/versions/{number:int}/move",
        operation_id="flow_move_plan",
        summary="What moving running records to a version does to each state",
        operation_class=doc.reading([NAME, NUMBER], of_one=False),
        opt=OPT,
        tags=TAGS,
    )
    async def plan(request: AnyRequest) -> JsonAnswer:
        found = await kernel.service("flow_mover").plan(request.user, name_of(request), number_of(request))
        return JsonAnswer(answers.encode_readable(found))

    @post(
        "/flows/{name:str}/versions/{number:int}/move",
        status_code=200,
        operation_id="flow_move",
        summary="Move running records to a version; many are moved by a job",
        operation_class=_writing([NAME, NUMBER]),
        opt=OPT,
        tags=TAGS,
    )
    async def move(request: AnyRequest) -> JsonAnswer:
        moved = await body(request, Moved)
        found = await kernel.service("flow_mover").move(
            request.user, name_of(request), number_of(request), moved.states
        )
        return JsonAnswer(answers.encode_readable(found))

    @get(
        "/flows/{name:str}/draft",
        operation_id="flow_draft",
        summary="The draft, what speaks against it, and how it differs",
        operation_class=doc.reading([NAME], of_one=False),
        opt=OPT,
        tags=TAGS,
    )
    async def draft(request: AnyRequest) -> JsonAnswer:
        return _draft(await kernel.service("flow_drafts").read(request.user, name_of(request)))

    @put(
        "/flows/{name:str}/draft",
        operation_id="flow_draft_keep",
        summary="Keep a draft; faults are told and forbid publishing only",
        operation_class=_writing([NAME]),
        opt=OPT,
        tags=TAGS,
    )
    async def keep(request: AnyRequest) -> JsonAnswer:
        kept, drafts = await body(request, Kept), kernel.service("flow_drafts")
        return _draft(await drafts.keep(request.user, name_of(request), kept.definition, seen=kept.seen))

    @delete(
        "/flows/{name:str}/draft",
        status_code=204,
        operation_id="flow_draft_discard",
        summary="Throw the draft away",
        operation_class=_writing([NAME], 204),
        opt=OPT,
        tags=TAGS,
    )
    async def discard(request: AnyRequest) -> None:
        await kernel.service("flow_drafts").discard(request.user, name_of(request))

    @post(
        "/flows/{name:str}/draft/publish",
        status_code=201,
        operation_id="flow_draft_publish",
        summary="Publish the draft as the next version",
        operation_class=_writing([NAME], 201),
        opt=OPT,
        tags=TAGS,
    )
    async def publish_draft(request: AnyRequest) -> JsonAnswer:
        wanted, drafts = await body(request, Published), kernel.service("flow_drafts")
        number = await drafts.publish(request.user, name_of(request), seen=wanted.seen, remark=wanted.remark)
        return JsonAnswer(answers.encode({"version": number}), 201)

    return [
        listed, current, check, versions, publish, version, plan, move,
        draft, keep, discard, publish_draft,
    ]  # fmt: skip


def plain(definition: Definition) -> Any:
    """A definition as it is stored: names with all their languages."""
    return msgspec.to_builtins(definition)


def _draft(found: Any) -> JsonAnswer:
    document = msgspec.json.decode(answers.encode_readable(found))
    return JsonAnswer(answers.encode({**document, "definition": plain(found.definition)}))
