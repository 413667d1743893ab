"""What the dialogs of a flow's states, steps and deadlines have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from litestar import Response

from crm_kernel.actor import Actor
from crm_kernel.contributions import Flow
from crm_kernel.errors import CrmError
from crm_kernel.flow.definition import Definition
from crm_kernel.flow.views import DraftView
from crm_kernel.text import Text, messages
from crm_kernel.ui.admin.room import AnyRequest
from crm_kernel.ui.flow.editor.room import PATH, EditorRoom, key_field, seen_in
from crm_kernel.ui.sheet import Sheet

_ = messages("kernel")


class PartDialogs(EditorRoom):
    """Adding and changing parts of the draft, all of one kind, which lie under `folder`."""

    folder: ClassVar[str]
    adding: ClassVar[Text]
    editing: ClassVar[Text]

    @abstractmethod
    async def form(
        self,
        request: AnyRequest,
        actor: Actor,
        name: str,
        key: str | None,
        typed: Any,
        fault: CrmError | None,
    ) -> Response[str]:
        """The dialog of a part, or of a new one; with what was typed and what is wrong with it."""

    @abstractmethod
    def changed(self, flow: Flow, known: Definition, key: str | None, sent: Mapping[str, Any]) -> Definition:
        """The definition with the part as it was sent. Raises Invalid."""

    async def new(self, request: AnyRequest, actor: Actor, name: str) -> Response[str]:
        return await self.form(request, actor, name, None, None, None)

    async def edit(self, request: AnyRequest, actor: Actor, name: str, key: str) -> Response[str]:
        return await self.form(request, actor, name, key, None, None)

    async def save(
        self, request: AnyRequest, actor: Actor, name: str, key: str | None = None
    ) -> Response[Any]:
        flow, sent = await self.flow(actor, name), await request.form()

        def change(known: Definition) -> Definition:
            return self.changed(flow, known, key, sent)

        async def again(fault: CrmError) -> Response[str]:
            return await self.form(request, actor, name, key, sent, fault)

        return await self.keep(request, actor, name, change, _("Kept in the draft."), again)

    def part(
        self,
        request: AnyRequest,
        name: str,
        draft: DraftView,
        key: str | None,
        sheet: Sheet,
        text: Text | None = None,
    ) -> Response[str]:
        """The sheet as the dialog of a part; a new one may be given its key."""
        if key is None:
            key_field(sheet)
        title = self.editing if key is not None else self.adding
        place = f"{PATH}/{name}/{self.folder}/{key or 'new'}?seen={seen_in(request, draft)}"
        return self.dialog(request, title, sheet, place, text=text)
