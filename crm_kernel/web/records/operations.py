"""What the API document says about a generated route: its parameters, bodies and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    Parameter,
    Reference,
    RequestBody,
    Schema,
)
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType

JSON = "application/json"
PROBLEMS = {
    400: "Malformed",
    401: "Nobody is signed in",
    403: "Not permitted",
    404: "Not there, or outside your reach",
    409: "A rule forbids it now",
    412: "Changed meanwhile",
    413: "Too large",
    422: "Fields are wrong",
    428: "If-Match is missing",
    429: "Too often",
    503: "Not available now",
}

TEXT = Schema(type=OpenAPIType.STRING)
WHOLE = Schema(type=OpenAPIType.INTEGER)
ID = Parameter(
    name="id",
    param_in="path",
    required=True,
    schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.UUID),
)
IF_MATCH = Parameter(
    name="If-Match",
    param_in="header",
    required=True,
    schema=TEXT,
    description="The ETag of the record as you saw it.",
)
ONCE = Parameter(
    name="Idempotency-Key",
    param_in="header",
    required=False,
    schema=Schema(type=OpenAPIType.STRING, min_length=1, max_length=64, pattern="^[!-~]+$"),
    description="Makes a repetition harmless: it gets the first answer again.",
)


def ref(name: str) -> Reference:
    """A pointer at one of the document's schemas."""
    return Reference(ref=f"#/components/schemas/{name}")


def query(name: str, schema: Schema, description: str = "", *, required: bool = False) -> Parameter:
    """A query parameter."""
    return Parameter(
        name=name, param_in="query", required=required, schema=schema, description=description or None
    )


def json_body(schema: Reference | Schema, *, required: bool = True) -> RequestBody:
    """A JSON request body."""
    return RequestBody(content={JSON: OpenAPIMediaType(schema=schema)}, required=required)


def operation(
    answers: Mapping[int, tuple[str, Reference | Schema | None]],
    problems: Sequence[int],
    parameters: Sequence[Parameter] = (),
    body: RequestBody | None = None,
) -> type[Operation]:
    """An operation class with everything already said; the framework adds the name and the tags."""

    class Described(Operation):
        # No dataclass of its own: making one takes a millisecond, and there are hundreds.
        def __init__(self, **known: Any) -> None:
            super().__init__(**known)
            self.parameters = [*(self.parameters or []), *parameters] or None
            self.request_body = body
            self.responses = _responses(answers, problems)

    return Described


def _responses(
    answers: Mapping[int, tuple[str, Reference | Schema | None]], problems: Sequence[int]
) -> dict[str, Any]:
    found: dict[str, Any] = {
        str(status): OpenAPIResponse(
            description=text,
            content={JSON: OpenAPIMediaType(schema=schema)} if schema is not None else None,
        )
        for status, (text, schema) in answers.items()
    }
    for status in (401, 403, 413, 429, 503, *problems):
        found[str(status)] = OpenAPIResponse(
            description=PROBLEMS[status],
            content={"application/problem+json": OpenAPIMediaType(schema=ref("Problem"))},
        )
    return dict(sorted(found.items()))
