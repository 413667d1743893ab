"""The body of a bulk request: which records, which verb."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.errors import Invalid
from crm_kernel.records.bulk import MOST, Selection
from crm_kernel.records.query_params import parse_query
from crm_kernel.records.service import RecordService
from crm_kernel.text import messages

_ = messages("kernel")


async def parse_bulk(
    records: RecordService, actor: Actor, entity: Entity, body: Mapping[str, Any]
) -> tuple[Selection, str, Mapping[str, Any]]:
    """Selection, verb and arguments; `filter` takes the list's parameters. Raises Invalid."""
    verb, ids, asked = body.get("verb"), body.get("ids"), body.get("filter")
    arguments = body.get("arguments") or {}
    if not isinstance(verb, str):
        raise Invalid.one("verb", "required", _("Say what to do."))
    if not isinstance(arguments, dict):
        raise Invalid.one("arguments", "type", _("The body must be a JSON object."))
    if (ids is None) == (asked is None):
        raise Invalid.one("ids", "required", _("Name the records by their ids or by a filter."))
    if ids is not None:
        return Selection(ids=_ids(ids)), verb, arguments
    if not isinstance(asked, dict):
        raise Invalid.one("filter", "type", _("The body must be a JSON object."))
    parameters = {str(name): _text(value) for name, value in asked.items()}
    return Selection(query=await parse_query(records, actor, entity, parameters)), verb, arguments


def _ids(ids: Any) -> tuple[UUID, ...]:
    if not isinstance(ids, list) or not ids:
        raise Invalid.one("ids", "required", _("Name the records by their ids or by a filter."))
    if len(ids) > MOST:
        raise Invalid.one("ids", "too_many", _("Choose at most {most} records at a time.")(most=MOST))
    try:
        return tuple(UUID(one) for one in ids)
    except (ValueError, TypeError, AttributeError) as fault:
        raise Invalid.one("ids", "malformed", _("This is not an id.")) from fault


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value)
