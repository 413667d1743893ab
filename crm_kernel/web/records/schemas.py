"""JSON schemas of the entities: what is sent, what is answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from crm_kernel.contributions import Entity
from crm_kernel.records.schema import change_struct, create_struct, row_struct

Schema = dict[str, Any]


def schema_name(entity: Entity, use: str = "") -> str:
    """`RepairOrder`, `RepairOrderCreate`, `RepairOrderChange`, `RepairOrderPage`."""
    return "".join(word.title() for word in entity.name.split("_")) + use


def reference(name: str) -> Schema:
    """A pointer at a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def components(entities: Iterable[Entity]) -> dict[str, Schema]:
    """Every schema the entity routes refer to, by name."""
    found: dict[str, Schema] = {"Problem": PROBLEM, "BulkResult": BULK_RESULT, "HistoryPage": HISTORY}
    for entity in entities:
        name = schema_name(entity)
        found[name] = _schema(row_struct(entity), found)
        found[name + "Create"] = _schema(create_struct(entity), found)
        found[name + "Change"] = _schema(change_struct(entity), found)
        found[name + "Page"] = {
            "type": "object",
            "required": ["items", "next"],
            "properties": {
                "items": {"type": "array", "items": reference(name)},
                "next": {"type": ["string", "null"]},
                "count": {"type": "integer"},
            },
        }
    return found


def _schema(struct: type[Any], found: dict[str, Schema]) -> Schema:
    made = msgspec.json.schema_components([struct], ref_template="#/components/schemas/{name}")
    schemas, parts = list(made[0]), dict(made[1])
    own: Schema = parts.pop(struct.__name__, schemas[0])
    found.update(parts)
    return own


PROBLEM: Schema = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "errors", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
        "open": {"type": "array", "items": {"type": "object"}},
        "yours": {"type": "object"},
        "theirs": {"type": "object"},
    },
}

BULK_RESULT: Schema = {
    "type": "object",
    "required": ["total", "done", "failed"],
    "properties": {
        "total": {"type": "integer"},
        "done": {"type": "integer"},
        "failed": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "code", "message"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
HISTORY: Schema = {
    "type": "object",
    "required": ["items", "next"],
    "properties": {
        "items": {"type": "array", "items": {"type": "object"}},
        "next": {"type": ["string", "null"]},
    },
}
