"""Values as people read them: labels for codes and ids, quiet badges, dates with their exact time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

from markupsafe import Markup

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.query import Condition, Query
from crm_kernel.errors import CrmError
from crm_kernel.i18n import current_locale, formats, translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.fields import FieldSpec
from crm_kernel.records.titles import title_fields, title_of
from crm_kernel.records.view import RecordView
from crm_kernel.text import messages
from crm_kernel.ui.badges import badge
from crm_kernel.ui.flow.states import flow_of, state_words

_ = messages("kernel")

ENTRIES = 200

DISTANT = timedelta(days=3650)
"""A birthday says more as it stands than as a number of years."""


class Linked(Markup):
    """A value that is a link already: a fact edited in place sets its button beside it, not around it."""

    __slots__ = ()


class Display:
    """Shows the records of one entity to one person. `prepare` once per page, then `cell` per value."""

    def __init__(self, kernel: Kernel, actor: Actor, entity: Entity) -> None:
        self.kernel = kernel
        self.actor = actor
        self.entity = entity
        self._words: dict[str, dict[str, tuple[str, str]]] = {}
        self._labels: dict[str, dict[str, str]] = defaultdict(dict)
        self._states: dict[str, dict[str, tuple[str, str]]] | None = None
        flow = flow_of(kernel, entity)
        self._due = flow.due if flow else None

    async def prepare(
        self,
        specs: Iterable[FieldSpec],
        records: Sequence[RecordView],
        asked: Mapping[str, Iterable[str]] = MappingProxyType({}),
    ) -> None:
        """Look up, once for all records, the words behind codes and ids; `asked` has more, by field."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for spec in specs:
            self._words[spec.name] = await choice_words(self.kernel, self.actor, spec)
            if spec.field.reference:
                wanted[spec.field.reference] |= set(asked.get(spec.name, ()))
                for record in records:
                    if value := record.get(spec.name):
                        several = value if isinstance(value, list) else [value]
                        wanted[spec.field.reference] |= {str(one) for one in several}
        if self._states is None:
            self._states = await state_words(self.kernel, self.actor, self.entity)
        self._words |= self._states
        for name, ids in wanted.items():
            self._labels[name] |= await reference_labels(self.kernel, self.actor, name, ids)

    def cell(self, spec: FieldSpec, value: Any) -> str | Markup:
        """One value, short; escaped where it is markup."""
        if value is None or value == "" or value == []:
            return ""
        if spec.masked:
            return _listed(value) if isinstance(value, list) else str(value)
        if words := self._words.get(spec.name):
            return self._choice(words, str(value))
        if spec.field.reference and isinstance(value, list):
            return Markup("、").join(self.reference(spec.field.reference, one) for one in value)
        if spec.field.reference:
            return self.reference(spec.field.reference, value)
        if spec.name == self._due and past(value, self.kernel):
            return Markup('<span class="crm-late">{}</span>').format(moment(value))
        return plain(spec, value, self.actor.locale)

    def listed(self, spec: FieldSpec, value: Any) -> str | Markup:
        """One value as a list shows it: days by their distance, states as badges."""
        if value is not None and value != "" and not spec.masked:
            if spec.kind.name == "date":
                return day(value)
            if spec.field.options:
                one = self.badge(spec, value)
                return badge(one["tone"], one["label"])
        return self.cell(spec, value)

    def text(self, spec: FieldSpec, value: Any) -> str:
        """The same without markup, for titles and chips; a moment as it was typed."""
        if spec.kind.name == "moment" and isinstance(value, str):
            return value.replace("T", " ")
        shown = self.cell(spec, value)
        return shown.striptags() if isinstance(shown, Markup) else shown

    def coloured(self, spec: FieldSpec) -> bool:
        """Whether some of its choices are badges: a state, not just a word."""
        return bool(spec.field.options) or any(color for _l, color in self._words.get(spec.name, {}).values())

    def badge(self, spec: FieldSpec, value: Any) -> dict[str, str]:
        """A choice as label and tone."""
        label, color = self._words.get(spec.name, {}).get(str(value), (str(value), ""))
        return {"label": label, "tone": color or "neutral"}

    def _choice(self, words: Mapping[str, tuple[str, str]], code: str) -> str | Markup:
        label, color = words.get(code, (code, ""))
        if not color:
            return label
        return badge(color, label)

    def reference(self, name: str, value: Any) -> str | Markup:
        """A record elsewhere by its title, as a link where it has a page."""
        label = self._labels[name].get(str(value))
        if label is None:
            return "—"
        other = self.kernel.registry.entity(name)
        if other is None or not other.pages:
            return label
        url = f"{self.kernel.settings.prefix}/{other.plural}/{value}"
        return Linked('<a href="{}">{}</a>').format(url, label)


def past(value: datetime | str, kernel: Kernel) -> bool:
    """Whether a moment lies behind us."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at < kernel.clock.now()


def plain(spec: FieldSpec, value: Any, locale: str) -> str | Markup:
    """A value by its kind alone."""
    name = spec.kind.name
    if name == "tags":
        parts = [Markup('<span class="crm-tag">{}</span>').format(tag) for tag in value]
        return Markup(" ").join(parts)
    if name == "money":
        return formats.money(value.amount, value.currency, locale) if hasattr(value, "amount") else str(value)
    if name == "moment":
        return moment(value)
    if name == "date":
        return str(value)[:10]
    if name == "switch":
        return translate(_("yes") if value else _("no"))
    if isinstance(value, list):
        return _listed(value)
    return spec.kind.show(value, locale)


def _listed(values: Sequence[Any]) -> str:
    """Several values in one line; of a structured one the first part, which is what people look for."""
    return "、".join(
        str(next(iter(one.values()), "")) if isinstance(one, Mapping) else str(one) for one in values
    )


def moment(value: datetime | str) -> Markup:
    """A moment in words that stay true, the exact time on hover."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return Markup('<time datetime="{}" title="{}" data-relative>{}</time>').format(
        at.isoformat(), formats.moment(at), formats.relative(at)
    )


def day(value: date | str) -> str | Markup:
    """A day in relation to today, the day itself on hover; one that is far away as it stands."""
    on = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return _distance(on, formats.today(), current_locale())


# A page says the same few days and states again and again.


@lru_cache(maxsize=4_000)
def _distance(on: date, today: date, locale: str) -> str | Markup:
    if abs(on - today) > DISTANT:
        return on.isoformat()
    words = formats.relative(on, locale=locale, today=today)
    return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(on.isoformat(), words)


async def choice_words(kernel: Kernel, actor: Actor, spec: FieldSpec) -> dict[str, tuple[str, str]]:
    """Code to (label, colour) of a choice field: fixed options or the dealership's dictionary."""
    if spec.field.options:
        return {code: (translate(label), "") for code, label in spec.field.options}
    if spec.field.choices and kernel.offers("dictionaries"):
        entries = await kernel.service("dictionaries").entries(actor, spec.field.choices)
        return {entry.code: (translate(entry.label), entry.color) for entry in entries}
    return {}


async def reference_labels(kernel: Kernel, actor: Actor, name: str, ids: Iterable[str]) -> dict[str, str]:
    """Id to title of records of another entity, of people, or of dealerships; only what the actor may see."""
    wanted = [UUID(one) for one in list(ids)[:ENTRIES]]
    if name in ("staff", "dealership"):
        found = await kernel.service("organisation").names(actor, name, wanted)
        return {str(key): label for key, label in found.items()}
    entity = kernel.registry.entity(name)
    if entity is None or not actor.may(entity.permission("view")) or not wanted:
        return {}
    records = kernel.service("records")
    visible = {spec.name for spec in await records.fields(actor, entity)}
    names = ("id", *title_fields(entity, visible))
    query = Query(conditions=(Condition("id", "in", tuple(wanted)),), limit=ENTRIES, fields=names)
    try:
        page = await records.list(actor, entity, query)
    except CrmError:
        return {}
    return {str(record.id): title_of(entity, record) or "—" for record in page.items}
