"""`/<plural>/{id}/call`: one's telephone rings, and is connected with a number of the record."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import post
from litestar.openapi.spec import Schema
from litestar.openapi.spec.enums import OpenAPIType

from crm_kernel.contributions import Entity
from crm_kernel.kernel import Kernel
from crm_kernel.records.fields import declared_specs
from crm_kernel.telephone.permissions import CALL
from crm_kernel.web import answers
from crm_kernel.web.answers import JsonAnswer
from crm_kernel.web.extras.bodies import AnyRequest, body, id_of
from crm_kernel.web.records.operations import ID, ONCE, TEXT, json_body, operation

ASKED = Schema(type=OpenAPIType.OBJECT, required=["field"], properties={"field": TEXT})
CALLED = Schema(type=OpenAPIType.OBJECT, required=["call"], properties={"call": TEXT})


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """Which number."""

    field: str


def entity_calls(kernel: Kernel, entity: Entity) -> list[Any]:
    """Calling, where an entity has numbers and this house telephones."""
    if not any(spec.dialable for spec in declared_specs(entity)) or not kernel.offers("telephone"):
        return []

    @post(
        "/{id:uuid}/call",
        status_code=202,
        operation_id=f"{entity.name}_call",
        summary=f"{entity.label}: call a number of the record; answers with the id of the call",
        operation_class=operation(
            {202: ("The telephone rings", CALLED)},
            (400, 404, 409, 413, 422, 503),
            [ID, ONCE],
            json_body(ASKED),
        ),
        opt={"permission": CALL},
    )
    async def call(request: AnyRequest) -> JsonAnswer:
        wanted = await body(request, Wanted)
        made = await kernel.service("telephone").call(request.user, entity, id_of(request), wanted.field)
        return JsonAnswer(answers.encode({"call": made}), 202)

    return [call]
