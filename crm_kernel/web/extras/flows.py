"""`/<plural>/{id}/flow`, `/steps`, a verb for each step of the preset, and approvals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from litestar import get, post

from crm_kernel.contributions import Entity
from crm_kernel.flow.definition import Step
from crm_kernel.kernel import Kernel
from crm_kernel.web import answers
from crm_kernel.web.answers import JsonAnswer
from crm_kernel.web.client import header
from crm_kernel.web.extras import documents as doc
from crm_kernel.web.extras.bodies import AnyRequest, body, id_of
from crm_kernel.web.records.clocks import Clocks


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """A sum that is asked for."""

    kind: str
    amount: Decimal
    reason: str


class Decision(msgspec.Struct, forbid_unknown_fields=True):
    """What is said with a decision."""

    remark: str = ""


def entity_flows(kernel: Kernel, entity: Entity) -> list[Any]:
    """Steps of the records of an entity; nothing for one that follows no flow."""
    flow = kernel.registry.flow_of(entity.name)
    if flow is None:
        return []
    taking = Taking(kernel, entity)

    @get(
        "/{id:uuid}/flow",
        operation_id=f"{entity.name}_flow",
        summary=f"{entity.label}: where it stands, and the steps one may take",
        operation_class=doc.reading(),
        opt={"permission": entity.permission("view")},
    )
    async def standing(request: AnyRequest) -> JsonAnswer:
        found = await kernel.service("flows").view(request.user, entity, id_of(request))
        return JsonAnswer(answers.encode_readable(found))

    @get(
        "/{id:uuid}/steps",
        operation_id=f"{entity.name}_steps",
        summary=f"{entity.label}: the steps it took, and what was said",
        operation_class=doc.listing(of_one=True),
        opt={"permission": entity.permission("view")},
    )
    async def steps(request: AnyRequest) -> JsonAnswer:
        found = await kernel.service("flows").history(request.user, entity, id_of(request))
        return JsonAnswer(answers.encode_readable({"items": found}))

    @post(
        "/{id:uuid}/steps/{key:str}",
        status_code=200,
        operation_id=f"{entity.name}_step",
        summary=f"{entity.label}: take a step of the dealership's own",
        operation_class=doc.writing(200),
        opt={"permission": entity.permission("view")},
    )
    async def step(request: AnyRequest) -> JsonAnswer:
        return await taking(request, str(request.path_params["key"]))

    return [standing, steps, step, *(taking.verb(one) for one in flow.definition.steps)]


class Taking:
    """Takes a step and answers with the record as it then stands."""

    def __init__(self, kernel: Kernel, entity: Entity) -> None:
        self._kernel = kernel
        self._entity = entity
        self._clocks = Clocks(kernel, entity)

    async def __call__(self, request: AnyRequest, key: str) -> JsonAnswer:
        facts = answers.decode_object(await request.body())
        version = answers.seen_version(request.scope) if header(request.scope, b"if-match") else None
        record_id = id_of(request)
        await self._kernel.service("flows").step(request.user, self._entity, record_id, key, facts, version)
        record = await self._kernel.service("records").get(request.user, self._entity, record_id)
        document = {**record.values(), **await self._clocks.of(request.user, record)}
        return JsonAnswer(answers.encode(document), 200, [answers.etag(record.version)])

    def verb(self, step: Step) -> Any:
        """The route of a step that the module itself brings."""
        key = step.key

        @post(
            f"/{{id:uuid}}/{key.replace('_', '-')}",
            status_code=200,
            operation_id=f"{self._entity.name}_{key}",
            summary=f"{self._entity.label}: {step.label}",
            operation_class=doc.writing(200),
            opt={"permission": step.permission},
        )
        async def take(request: AnyRequest) -> JsonAnswer:
            return await self(request, key)

        return take


def entity_approvals(kernel: Kernel, entity: Entity) -> list[Any]:
    """Sums asked for about the records of an entity that follows a flow."""
    if kernel.registry.flow_of(entity.name) is None:
        return []

    @get(
        "/{id:uuid}/approvals",
        operation_id=f"{entity.name}_approvals",
        summary=f"{entity.label}: sums that were asked for",
        operation_class=doc.listing(of_one=True),
        opt={"permission": entity.permission("view")},
    )
    async def listed(request: AnyRequest) -> JsonAnswer:
        found = await kernel.service("approvals").of_record(request.user, entity, id_of(request))
        return JsonAnswer(answers.encode_readable({"items": found}))

    @post(
        "/{id:uuid}/approvals",
        status_code=201,
        operation_id=f"{entity.name}_approvals_ask",
        summary=f"{entity.label}: ask for a sum",
        operation_class=doc.writing(201),
        opt={"permission": entity.permission("view")},
    )
    async def ask(request: AnyRequest) -> JsonAnswer:
        wanted = await body(request, Wanted)
        made = await kernel.service("approvals").ask(
            request.user, entity, id_of(request), wanted.kind, wanted.amount, wanted.reason
        )
        return JsonAnswer(answers.encode_readable(made), 201)

    return [listed, ask]


def approval_handlers(kernel: Kernel) -> list[Any]:
    """What waits for one's decision, and deciding it."""

    @get(
        "/approvals",
        operation_id="approvals",
        summary="Sums that wait for one's decision",
        operation_class=doc.listing([doc.CURSOR]),
        opt={"signed_in": "each sees what his roles may decide"},
        tags=["approvals"],
    )
    async def waiting(request: AnyRequest) -> JsonAnswer:
        asked = dict(answers.parameters(request.scope))
        found = await kernel.service("approvals").waiting(request.user, asked.get("cursor") or None)
        return JsonAnswer(answers.encode_readable(found))

    def deciding(verb: str) -> Any:
        @post(
            f"/approvals/{{id:uuid}}/{verb}",
            status_code=200,
            operation_id=f"approval_{verb}",
            summary=f"An approval: {verb}",
            operation_class=doc.writing(200),
            opt={"signed_in": "the service checks the kind's right and the role's limit"},
            tags=["approvals"],
        )
        async def decide(request: AnyRequest) -> JsonAnswer:
            said, approvals = await body(request, Decision), kernel.service("approvals")
            if verb == "withdraw":
                found = await approvals.withdraw(request.user, id_of(request))
            else:
                found = await approvals.decide(
                    request.user, id_of(request), approve=verb == "approve", remark=said.remark
                )
            return JsonAnswer(answers.encode_readable(found))

        return decide

    return [waiting, deciding("approve"), deciding("refuse"), deciding("withdraw")]
