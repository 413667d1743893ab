"""The API document of each generated route, from the entity's fields."""

from __future__ import annotations

from litestar.openapi.spec import Operation, Parameter, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType

from crm_kernel.contributions import Entity
from crm_kernel.records.fields import FieldSpec, declared_specs
from crm_kernel.web.records.operations import ID, IF_MATCH, ONCE, TEXT, json_body, operation, query, ref
from crm_kernel.web.records.schemas import schema_name

LIMIT = Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=200, default=50)
TYPES: dict[str, Schema] = {
    "integer": Schema(type=OpenAPIType.INTEGER),
    "mileage": Schema(type=OpenAPIType.INTEGER),
    "date": Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.DATE),
    "moment": Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.DATE_TIME),
    "switch": Schema(type=OpenAPIType.BOOLEAN),
    "reference": Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.UUID),
}
SWITCH = Schema(type=OpenAPIType.BOOLEAN)
Described = type[Operation]


def listing(entity: Entity) -> Described:
    """GET of the list."""
    sortable = ", ".join(spec.name for spec in declared_specs(entity) if spec.field.sort)
    parameters = [
        query("limit", LIMIT),
        query("cursor", TEXT, "`next` of the page before"),
        query("sort", TEXT, f"Fields separated by commas, `-` turns the order: {sortable}"),
        query("q", TEXT, "Searches the record's texts"),
        query("fields", TEXT, "Fields to answer, separated by commas"),
        query("count", Schema(type=OpenAPIType.STRING, enum=["exact"])),
        *(one for spec in declared_specs(entity) if spec.field.filter for one in _filters(spec)),
        *(query(name, TEXT) for name in entity.lookups if not _declared(entity, name)),
    ]
    page = ref(schema_name(entity, "Page"))
    return operation({200: ("A page of records", page)}, (400, 422), parameters)


def _declared(entity: Entity, name: str) -> bool:
    field = entity.field(name.partition("[")[0])
    return field is not None and field.filter


def _filters(spec: FieldSpec) -> list[Parameter]:
    schema = TYPES.get(spec.kind.name, TEXT)
    found = []
    for op in spec.operators:
        name = spec.name if op == "eq" else f"{spec.name}[{op}]"
        found.append(query(name, SWITCH if op == "empty" else TEXT if op == "in" else schema))
    return found


SUSPECTS = "for records that are checked for duplicates, suspects under `duplicates`"


def creating(entity: Entity) -> Described:
    """POST to the list."""
    answer = {201: (f"The new record; {SUSPECTS}", ref(schema_name(entity)))}
    body = json_body(ref(schema_name(entity, "Create")))
    return operation(answer, (400, 404, 409, 413, 422), [ONCE], body)


def viewing(entity: Entity) -> Described:
    """GET of one."""
    return operation({200: ("The record", ref(schema_name(entity)))}, (404,), [ID])


def changing(entity: Entity) -> Described:
    """PATCH of one."""
    answer = {200: (f"The record as it is now; {SUSPECTS}", ref(schema_name(entity)))}
    body = json_body(ref(schema_name(entity, "Change")))
    return operation(answer, (400, 404, 409, 412, 413, 422, 428), [ID, IF_MATCH], body)


def deleting(entity: Entity) -> Described:
    """DELETE of one."""
    reason = query("reason", TEXT, "Why; kept in the history")
    return operation({204: ("Deleted", None)}, (400, 404, 409, 412, 422, 428), [ID, IF_MATCH, reason])


def restoring(entity: Entity) -> Described:
    """POST that undoes a deletion."""
    answer = {200: ("The record, back again", ref(schema_name(entity)))}
    return operation(answer, (400, 404, 409, 422), [ID, ONCE])


def revealing(entity: Entity) -> Described:
    """POST that shows a masked value."""
    asked = Schema(type=OpenAPIType.OBJECT, required=["field"], properties={"field": TEXT})
    value = Schema(type=OpenAPIType.OBJECT, required=["value"], properties={"value": TEXT})
    return operation({200: ("The value", value)}, (400, 404, 413, 422), [ID], json_body(asked))


def telling(entity: Entity) -> Described:
    """GET of the history."""
    paging = [query("limit", LIMIT), query("cursor", TEXT, "`next` of the page before")]
    answer = {200: ("What happened, latest first", ref("HistoryPage"))}
    return operation(answer, (400, 404, 422), [ID, *paging])


def bulk(entity: Entity) -> Described:
    """POST of one verb for many."""
    ids = Schema(
        type=OpenAPIType.ARRAY,
        items=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.UUID),
        max_items=1000,
    )
    asked = Schema(
        type=OpenAPIType.OBJECT,
        required=["verb"],
        properties={
            "verb": TEXT,
            "ids": ids,
            "filter": Schema(type=OpenAPIType.OBJECT, description="The list's parameters by name"),
            "arguments": Schema(type=OpenAPIType.OBJECT),
        },
    )
    answer = {200: ("What was done", ref("BulkResult"))}
    return operation(answer, (400, 404, 409, 413, 422), [ONCE], json_body(asked))
