"""What the pages of the editor share: the draft, its words, the drawing, and names in every language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from litestar import Response

from crm_kernel.actor import Actor
from crm_kernel.contributions import Flow
from crm_kernel.errors import CrmError, Invalid, NotFound
from crm_kernel.flow.checks import KEY
from crm_kernel.flow.definition import Definition, Words
from crm_kernel.flow.drafts import FlowDrafts
from crm_kernel.flow.editing import FlowEditor
from crm_kernel.flow.views import DraftView
from crm_kernel.i18n import translate
from crm_kernel.i18n.locales import LOCALES
from crm_kernel.i18n.translation import own_words
from crm_kernel.text import OWN, Text, messages
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest
from crm_kernel.ui.flow.drawing.graph import MANY, numbered
from crm_kernel.ui.flow.drawing.picture import DESK, PHONE, picture_of
from crm_kernel.ui.sheet import REFUSALS, Sheet, text_of

_ = messages("kernel")
PATH = "/admin/flows"
NAMES: Mapping[str, Text] = {"zh-CN": _("Name in Chinese"), "en": _("Name in English")}


class EditorRoom(AdminRoom):
    """Flows of the actor's own dealership; the services hold the right to edit them."""

    @property
    def editor(self) -> FlowEditor:
        """Versions."""
        found: FlowEditor = self.kernel.service("flow_editor")
        return found

    @property
    def drafts(self) -> FlowDrafts:
        """What is being edited."""
        found: FlowDrafts = self.kernel.service("flow_drafts")
        return found

    async def flow(self, actor: Actor, name: str) -> Flow:
        """A flow of a module that is switched on. Raises NotFound."""
        for flow in await self.editor.flows(actor):
            if flow.name == name:
                return flow
        raise NotFound()

    def drawing(self, definition: Definition, *, faults: Any = (), edit: str = "") -> dict[str, Any]:
        """What the template of the drawing needs; with `edit` (a path) its boxes open the part's dialog."""
        broken = {one.field.partition(".")[2] for one in faults if one.field.startswith("states.")}
        sources = next((len(s.sources) for s in definition.steps if len(s.sources) >= MANY), 0)
        words = translate(_("{count} states")(count=sources))
        return {
            "pictures": [
                ("desk", picture_of(definition, words, DESK)),
                ("phone", picture_of(definition, words, PHONE)),
            ],
            "numbers": numbered(definition),
            "broken": broken,
            "edit": self.url(edit) if edit else "",
        }

    async def keep(
        self,
        request: AnyRequest,
        actor: Actor,
        name: str,
        change: Callable[[Definition], Definition],
        text: Text,
        form: Callable[[CrmError], Any] | None = None,
    ) -> Response[Any]:
        """Change the draft as it was when the dialog was opened, then back to the editor.

        `form` draws the dialog again with what is wrong in it.
        """
        draft = await self.drafts.read(actor, name)
        try:
            await self.drafts.keep(actor, name, change(draft.definition), seen=seen_in(request, draft))
        except REFUSALS as fault:
            if form is None:
                raise
            response: Response[Any] = await form(fault)
            return response
        return self.done(request, f"{PATH}/{name}", text)


def seen_in(request: AnyRequest, draft: DraftView) -> int:
    """The revision of the draft that the reader had before him."""
    raw = request.query_params.get("seen", "")
    return int(raw) if raw.isdigit() else draft.revision


# Names in every language


def name_fields(sheet: Sheet, preset: Words | None) -> None:
    """A field per language; where the module has a name of its own, empty means that one."""
    for place, locale in enumerate(LOCALES):
        own = translate(preset, locale) if preset is not None else None
        sheet.field(
            f"label_{locale}",
            NAMES[locale],
            required=preset is None and place == 0,
            hint=_("Empty: as it came, “{label}”.")(label=own) if own else None,
            extra={"maxlength": 120, "placeholder": own, **({"autofocus": True} if place == 0 else {})},
        )


def name_values(label: Words) -> dict[str, str]:
    """What those fields hold."""
    if isinstance(label, str):
        return {f"label_{LOCALES[0]}": label}
    if label.domain != OWN:
        return {}
    return {f"label_{locale}": str(label.params.get(locale, "")) for locale in LOCALES}


def name_of(sent: Mapping[str, Any], preset: Words | None) -> Words:
    """The name that was typed. Raises Invalid without any."""
    said = {locale: text_of(sent, f"label_{locale}") for locale in LOCALES}
    for locale, words in said.items():
        if len(words) > 120:
            raise Invalid.one(f"label_{locale}", "too_long", _("This is too long."))
    if not any(said.values()):
        if preset is not None:
            return preset
        raise Invalid.one(f"label_{LOCALES[0]}", "required", _("Give it a name."))
    if preset is not None:
        said = {locale: words or translate(preset, locale) for locale, words in said.items()}
    return own_words(said)


def key_of(sent: Mapping[str, Any], taken: Any, otherwise: str) -> str:
    """The key of a new part: as typed, else one that is free. Raises Invalid for one that cannot be."""
    key = text_of(sent, "key")
    if not key:
        return otherwise
    if not KEY.fullmatch(key):
        raise Invalid.one("key", "key", _("A key starts with a letter: a-z, digits, underscores."))
    if key in taken:
        raise Invalid.one("key", "taken", _("The key {key} stands twice.")(key=key))
    return key


def key_field(sheet: Sheet) -> None:
    """The key of a new part, for those whose programs will name it."""
    sheet.field(
        "key",
        _("Key for programs"),
        hint=_("Stays for ever. Empty: one is chosen."),
        extra={"maxlength": 40, "autocapitalize": "none"},
    )
