"""Cards of a board: what a record is called, what it is about, how bad it is, when its deadline runs out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_kernel.contributions import Flow
from crm_kernel.records.fields import FieldSpec
from crm_kernel.records.view import RecordView
from crm_kernel.ui.records.display import past
from crm_kernel.ui.records.listing import ListPage

LINES = 2


class Cards:
    """Made of the entity's listed fields: text and references as lines, choices as badges, staff as owner."""

    def __init__(self, page: ListPage, flow: Flow) -> None:
        self._page, self._flow = page, flow
        title = page.entity.title
        listed = [
            spec
            for spec in page.specs.values()
            if spec.field.listed and spec.name not in (title, flow.state, flow.due) and not spec.masked
        ]
        self._title = page.specs.get(title)
        self._due = page.specs.get(flow.due) if flow.due else None
        self._owner = next((one for one in listed if one.field.reference == "staff"), None)
        self._badge = next((one for one in listed if one.field.choices or one.field.options), None)
        words = [one for one in listed if one not in (self._owner, self._badge)]
        text = [one for one in words if not one.field.reference and not one.field.choices]
        self._lines = [*text[:1], *(one for one in words if one.field.reference)][:LINES]

    @property
    def specs(self) -> list[FieldSpec]:
        """What a card shows."""
        found = [self._title, self._due, self._owner, self._badge, *self._lines]
        return [one for one in found if one is not None]

    async def prepare(self, records: Sequence[RecordView]) -> None:
        """Look up, once for all cards, what references and codes are called."""
        await self._page.display.prepare(self.specs, records)

    def card(self, record: RecordView, targets: str) -> dict[str, Any]:
        """One card as the template takes it; `targets` are the columns its menu offers."""
        display, due = self._page.display, record.get(self._flow.due) if self._flow.due else None
        label = str(record.get(self._page.entity.title) or record.id)
        lines = [display.text(spec, record.get(spec.name)) for spec in self._lines]
        badge = record.get(self._badge.name) if self._badge is not None else None
        owner = record.get(self._owner.name) if self._owner is not None else None
        return {
            "id": str(record.id),
            "version": record.version,
            "label": label,
            "url": f"{self._page.base}/{record.id}",
            "lines": [line for line in lines if line and line != "—"],
            "badge": display.badge(self._badge, badge) if self._badge is not None and badge else None,
            "when": display.cell(self._due, due) if self._due is not None and due else "",
            "late": due is not None and past(due, self._page.kernel),
            "owner": display.text(self._owner, owner) if self._owner is not None and owner else "",
            "to": targets,
        }
