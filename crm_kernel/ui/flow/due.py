"""Tabs over a list of records with deadlines: what is overdue, what runs out today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.fields import FieldSpec
from crm_kernel.text import messages
from crm_kernel.ui.flow.states import flow_of

_ = messages("kernel")


def due_tabs(
    kernel: Kernel,
    actor: Actor,
    entity: Entity,
    specs: Mapping[str, FieldSpec],
    current: str,
    shown_at: str,
) -> list[dict[str, Any]]:
    """The tabs, most urgent first; none where the next deadline is no column one may filter by."""
    flow = flow_of(kernel, entity)
    spec = specs.get(flow.due) if flow is not None and flow.due else None
    if spec is None or not spec.field.filter:
        return []
    now = kernel.clock.now().astimezone(ZoneInfo(actor.timezone))
    minute, day = now.strftime("%Y-%m-%dT%H:%M"), now.date().isoformat()
    tabs = (
        ("overdue", _("Overdue"), [(f"{spec.name}[lt]", minute)]),
        ("due-today", _("Due today"), [(f"{spec.name}[gte]", minute), (f"{spec.name}[lte]", day)]),
    )
    path = f"{kernel.settings.prefix}/{entity.plural}"
    order = [("sort", spec.name)] if spec.field.sort else []
    return [
        {
            "label": translate(label),
            "url": f"{shown_at}?{urlencode([*filters, *order, ('view', key)])}",
            "active": current == key,
            "count_url": f"{path}/count?{urlencode(filters)}",
        }
        for key, label, filters in tabs
    ]
