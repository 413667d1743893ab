"""The dialog of a state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response
from msgspec.structs import replace

from crm_kernel.actor import Actor
from crm_kernel.contributions import Flow
from crm_kernel.errors import CrmError, NotFound
from crm_kernel.flow.definition import Definition, State
from crm_kernel.flow.edits import fresh_key, put_state
from crm_kernel.text import messages
from crm_kernel.ui.admin.dictionaries import COLORS
from crm_kernel.ui.admin.room import AnyRequest
from crm_kernel.ui.flow.editor.parts import PartDialogs
from crm_kernel.ui.flow.editor.room import (
    key_of,
    name_fields,
    name_of,
    name_values,
)
from crm_kernel.ui.sheet import Sheet, text_of

_ = messages("kernel")


class StateDialogs(PartDialogs):
    """Adding and changing states of the draft."""

    folder, adding, editing = "states", _("Add a state"), _("Edit the state")

    async def form(
        self,
        request: AnyRequest,
        actor: Actor,
        name: str,
        key: str | None,
        typed: Any,
        fault: CrmError | None,
    ) -> Response[str]:
        flow, draft = await self.flow(actor, name), await self.drafts.read(actor, name)
        state = draft.definition.state(key) if key is not None else None
        if key is not None and state is None:
            raise NotFound()
        preset = flow.definition.state(key) if key is not None else None
        stored: dict[str, Any] = {"color": "gray"}
        if state is not None:
            start = "true" if state.key == draft.definition.start else ""
            final = "true" if state.final else ""
            stored = {
                **name_values(state.label),
                "color": state.color or "gray",
                "final": final,
                "start": start,
            }
        sheet = Sheet(typed, stored, fault)
        name_fields(sheet, preset.label if preset is not None else None)
        sheet.field("color", _("Colour"), "select", options=COLORS[1:], required=True)
        sheet.field("final", _("Ends the business"), "checkbox")
        sheet.field("start", _("Records begin here"), "checkbox")
        return self.part(request, name, draft, key, sheet)

    def changed(self, flow: Flow, known: Definition, key: str | None, sent: Mapping[str, Any]) -> Definition:
        preset = flow.definition.state(key) if key is not None else None
        taken = [state.key for state in known.states]
        state = State(
            key or key_of(sent, taken, fresh_key("state", taken)),
            name_of(sent, preset.label if preset is not None else None),
            text_of(sent, "color"),
            final=sent.get("final") == "true",
        )
        begins = sent.get("start") == "true"
        return put_state(replace(known, start=state.key) if begins else known, state)
