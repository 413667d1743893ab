"""Forms of every entity: its fields in their groups and order, with what was typed and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.errors import Invalid
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.fields import FieldSpec, closed
from crm_kernel.records.masters import keeper_of
from crm_kernel.records.view import RecordView
from crm_kernel.text import messages
from crm_kernel.ui.records.display import Display, choice_words, plain, reference_labels

_ = messages("kernel")

CONTROLS = {
    "text": "text",
    "textarea": "textarea",
    "long_text": "textarea",
    "number": "number",
    "tel": "tel",
    "mobile": "tel",
    "email": "email",
    "date": "date",
    "datetime": "datetime-local",
    "datetime-local": "datetime-local",
    "checkbox": "checkbox",
    "switch": "checkbox",
    "tags": "multi",
}
"""The form control of each kind's `control`; everything else is typed as text."""
PLAIN_SELECT = 12
"""Up to so many choices stand in a plain select; more are searched in a combobox."""


@dataclass(slots=True)
class Control:
    """One field as the template's macro takes it."""

    name: str
    label: str
    control: str
    value: Any = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    required: bool = False
    error: str | None = None
    hint: str | None = None
    wide: bool = False
    unit: str | None = None
    lookup_url: str | None = None
    create_url: str | None = None
    sensitive: bool = False
    read_only: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


class RecordForm:
    """A form for one entity and one person, blank or filled from a record."""

    def __init__(
        self,
        kernel: Kernel,
        actor: Actor,
        entity: Entity,
        specs: Sequence[FieldSpec],
        *,
        typed: bool = False,
    ) -> None:
        self.kernel = kernel
        self._plain = 0 if typed else PLAIN_SELECT
        self.actor = actor
        self.entity = entity
        offered = [s for s in specs if s.field.form and s.name != "owner_id"]
        self.specs = [s for s in offered if not closed(actor, entity, s)]
        self._shown = [s for s in offered if s in self.specs or keeper_of(kernel, entity.name, s.name)]

    async def groups(
        self,
        record: RecordView | None = None,
        typed: Mapping[str, Any] | None = None,
        fault: Invalid | None = None,
        only: str | None = None,
    ) -> list[tuple[str, list[Control]]]:
        """(heading, controls) in order. `typed` wins over the record; `fault` puts errors at their fields."""
        errors = {one.field: translate(one.message) for one in fault.errors} if fault else {}
        found: dict[str, list[Control]] = {}
        for spec in self._shown if record is not None else self.specs:
            if only is not None and spec.name != only:
                continue
            heading = translate(spec.field.group) if spec.field.group else translate(_("General"))
            if spec.custom:
                heading = translate(_("More"))
            made = (
                await self._control(spec, record, typed, errors.get(spec.name))
                if spec in self.specs
                else await self._kept_elsewhere(spec, record)
            )
            found.setdefault(heading, []).append(made)
        return list(found.items())

    async def _kept_elsewhere(self, spec: FieldSpec, record: RecordView | None) -> Control:
        """A field another system keeps: to be read, with its name, and never sent."""
        display = Display(self.kernel, self.actor, self.entity)
        await display.prepare([spec], [record] if record is not None else [])
        keeper = keeper_of(self.kernel, self.entity.name, spec.name)
        shown = display.text(spec, record.get(spec.name) if record is not None else None)
        hint = translate(_("{host} keeps this. Change it there.")(host=keeper))
        return Control(spec.name, translate(spec.label), "text", shown, hint=hint, read_only=True)

    async def _control(
        self, spec: FieldSpec, record: RecordView | None, typed: Mapping[str, Any] | None, error: str | None
    ) -> Control:
        stored = record.get(spec.name) if record is not None else spec.field.default
        value = typed.get(spec.name, "") if typed is not None else stored
        if typed is not None and control_of(spec) == "multi":
            value = _many(typed, spec.name)
        made = Control(
            spec.name,
            translate(spec.label),
            control_of(spec),
            required=spec.field.required,
            error=error,
            hint=translate(spec.field.help) if spec.field.help else None,
            sensitive=spec.masked,
        )
        if spec.field.only:
            made.extra |= {"data-only": "=".join(spec.field.only), "data-blank": spec.field.default or ""}
        if spec.masked:
            known = str(plain(spec, stored, self.actor.locale)) if record is not None and stored else ""
            self._masked(made, known, typed, value)
            return made
        words = await choice_words(self.kernel, self.actor, spec)
        if words or spec.field.choices or spec.field.options:
            made.options = [(code, label) for code, (label, _color) in words.items()]
            if value and value not in words:
                made.options.append((str(value), str(value)))
            made.control = "select" if len(made.options) <= self._plain else "combobox"
        elif spec.field.reference and made.control == "multi":
            value = [str(one) for one in value or ()]
            await self._references(made, spec.field.reference, value)
        elif spec.field.reference:
            await self._reference(made, spec.field.reference, value)
        elif made.control == "multi":
            names = await self._tags()
            chosen = list(value or [])
            made.options = [(name, name) for name in dict.fromkeys([*names, *chosen])]
            value = chosen
        made.value = _typed(made.control, value)
        return made

    def _masked(self, made: Control, stored: str, typed: Mapping[str, Any] | None, value: Any) -> None:
        """A stored secret is never sent back: an empty field leaves it as it is."""
        made.value = value if typed is not None else ""
        if stored:
            made.extra["placeholder"] = stored
            made.required = False
            made.hint = translate(_("Leave empty to keep it as it is."))

    async def _reference(self, made: Control, name: str, value: Any) -> None:
        made.control = "combobox"
        made.lookup_url = f"{self.kernel.settings.prefix}/lookup/{name}"
        other = self.kernel.registry.entity(name)
        if other is not None and other.pages and self.actor.may(other.permission("create")):
            made.create_url = f"{self.kernel.settings.prefix}/{other.plural}/quick"
        if value:
            labels = await reference_labels(self.kernel, self.actor, name, [str(value)])
            made.options = [(str(value), labels.get(str(value), "—"))]

    async def _references(self, made: Control, name: str, values: Sequence[str]) -> None:
        """Several records of one kind, each looked up."""
        made.lookup_url = f"{self.kernel.settings.prefix}/lookup/{name}"
        labels = await reference_labels(self.kernel, self.actor, name, values)
        made.options = [(one, labels.get(one, "—")) for one in values]

    async def _tags(self) -> list[str]:
        if not self.kernel.offers("tags"):
            return []
        return [tag.name for tag in await self.kernel.service("tags").list(self.actor)]

    def read(self, form: Mapping[str, Any], *, blank_means_none: bool) -> dict[str, Any]:
        """What a sent form says, by field: text as typed, lists for many, booleans for switches.

        Blank secrets are left out: they stay as they are.
        """
        custom: dict[str, Any] = {}
        values: dict[str, Any] = {}
        for spec in self.specs:
            control = control_of(spec)
            if control == "checkbox":
                value: Any = form.get(spec.name) == "true"
            elif control == "multi":
                value = _many(form, spec.name)
            elif spec.name not in form:
                continue
            else:
                value = str(form[spec.name]).strip()
            if value == "":
                if spec.masked or not blank_means_none:
                    continue
                value = None
            if spec.custom:
                custom[spec.name.removeprefix("custom.")] = value
            else:
                values[spec.name] = value
        return {**values, **({"custom": custom} if custom else {})}


def control_of(spec: FieldSpec) -> str:
    """The form control of a field; a list of references is chosen one by one."""
    if spec.kind.control == "list" and spec.field.reference:
        return "multi"
    return CONTROLS.get(spec.kind.control, "text")


def _many(form: Mapping[str, Any], name: str) -> list[str]:
    found = form.getall(name, []) if hasattr(form, "getall") else form.get(name, [])
    return [str(one) for one in (found if isinstance(found, list) else [found]) if str(one)]


def _typed(control: str, value: Any) -> Any:
    if value is None:
        return ""
    if control == "date":
        return str(value)[:10]
    if control == "datetime-local" and isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    if hasattr(value, "amount"):
        return value.amount
    return value
