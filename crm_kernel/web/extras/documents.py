"""What the API document says about these routes."""

from __future__ import annotations

from collections.abc import Sequence

from litestar.openapi.spec import OpenAPIMediaType, Operation, Parameter, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType

from crm_kernel.web.records.operations import ID, IF_MATCH, ONCE, TEXT, json_body, operation, query

OBJECT = Schema(type=OpenAPIType.OBJECT)
ITEMS = Schema(
    type=OpenAPIType.OBJECT,
    required=["items"],
    properties={"items": Schema(type=OpenAPIType.ARRAY, items=OBJECT)},
)
SWITCH = Schema(type=OpenAPIType.BOOLEAN)
MOMENT = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.DATE_TIME)
NAME = Parameter(name="name", param_in="path", required=True, schema=TEXT)
LIMIT = query("limit", Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=200, default=50))
CURSOR = query("cursor", TEXT, "`next` of the page before")
READ = (400, 404, 422)
WRITE = (400, 404, 409, 412, 413, 422, 428)
Described = type[Operation]


def reading(parameters: Sequence[Parameter] = (), *, of_one: bool = True) -> Described:
    """GET of an object or of a list."""
    return operation({200: ("Found", OBJECT)}, READ, [*([ID] if of_one else []), *parameters])


def listing(parameters: Sequence[Parameter] = (), *, of_one: bool = False) -> Described:
    """GET of a list."""
    return operation({200: ("A page", ITEMS)}, READ, [*([ID] if of_one else []), *parameters])


def writing(status: int, *, of_one: bool = True, versioned: bool = False, body: bool = True) -> Described:
    """A change that answers an object, or nothing (204)."""
    schema = None if status == 204 else OBJECT
    parameters = [*([ID] if of_one else []), *([IF_MATCH] if versioned else [])]
    return operation({status: ("Done", schema)}, WRITE, parameters, json_body(OBJECT) if body else None)


def uploading(status: int = 201, *, of_one: bool = True) -> Described:
    """POST of a form with a file."""
    schema = Schema(
        type=OpenAPIType.OBJECT,
        required=["file"],
        properties={"file": Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)},
    )
    sent = RequestBody(content={"multipart/form-data": OpenAPIMediaType(schema=schema)}, required=True)
    return operation({status: ("Taken", OBJECT)}, WRITE, [*([ID] if of_one else []), ONCE], sent)


def downloading(parameters: Sequence[Parameter] = ()) -> Described:
    """GET of a file."""
    return operation({200: ("The file", None)}, (*READ, 409, 413), parameters)


def removing(parameters: Sequence[Parameter] = ()) -> Described:
    """DELETE of what carries no version."""
    return operation({204: ("Gone", None)}, (400, 404, 409), [ID, *parameters])
