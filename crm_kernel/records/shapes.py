"""Which columns are read for a person, and how a row becomes what he gets to see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from crm_kernel.actor import Actor, Grants
from crm_kernel.contributions import Entity
from crm_kernel.records.fields import CUSTOM, FieldSpec, column_names, hidden, stars
from crm_kernel.records.kinds import Money
from crm_kernel.records.view import RecordView

ALWAYS = ("id", "version")
MOST_KEPT = 500
Row = Sequence[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """One way to show an entity: the columns to read and the struct they fill.

    `names` are the columns in the struct's order, followed by those only needed on the way; `masks` change
    single values; `finish` is None where a row is the struct's arguments as it comes.
    """

    names: tuple[str, ...]
    shown: tuple[str, ...]
    struct: type[RecordView]
    masks: Mapping[str, Callable[[Any], Any]]
    money: tuple[str, ...] = ()
    derived: Mapping[str, Callable[[Mapping[str, Any]], Any]] = field(default_factory=dict)
    custom_hidden: frozenset[str] = frozenset()

    @property
    def typed(self) -> bool:
        """Whether rows must come in Python types."""
        return bool(self.derived or self.custom_hidden)

    @property
    def plain(self) -> bool:
        """Whether a row is the struct's arguments as it comes."""
        return not self.derived and not self.money and not self.custom_hidden

    def view(self, row: Row, currency: str) -> RecordView:
        """A row of `names` as the struct."""
        if self.plain:
            return self.struct(*row)
        values = dict(zip(self.names, row, strict=True))
        if self.derived:
            inputs = dict(values)
            for name, compute in self.derived.items():
                values[name] = compute(inputs)
        for name in self.money:
            if values[name] is not None:
                values[name] = Money(values[name], currency)
        for name, mask in self.masks.items():
            if self.derived and values.get(name):
                values[name] = mask(values[name])
        if self.custom_hidden:
            custom = values["custom"] or {}
            values["custom"] = {key: v for key, v in custom.items() if key not in self.custom_hidden}
        return self.struct(*(values[name] for name in self.shown))

    @property
    def column_masks(self) -> Mapping[str, Callable[[Any], Any]]:
        """Masks the data access may apply itself; derived values need the open ones first."""
        return {} if self.derived else self.masks


class Shapes:
    """Shapes by entity and by what is hidden, made once."""

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], tuple[Entity, Shape]] = {}
        self._quick: dict[
            tuple[Any, ...], tuple[Grants, Sequence[FieldSpec], Sequence[FieldSpec], Shape]
        ] = {}

    def of(
        self,
        actor: Actor,
        entity: Entity,
        specs: Sequence[FieldSpec],
        fields: tuple[str, ...] | None = None,
        customs: Sequence[FieldSpec] = (),
    ) -> Shape:
        """The shape for the fields that exist for a person (`specs`), narrowed to `fields` if given.

        `customs` are all custom fields in force, so that those hidden from him can be taken out. Whoever
        asks with the very same sequences again is answered by their identity.
        """
        quick = id(actor.grants), id(specs), id(customs), fields
        asked = self._quick.get(quick)
        if asked is not None and asked[0] is actor.grants and asked[1] is specs and asked[2] is customs:
            return asked[3]
        shape = self._shape(actor, entity, specs, fields, customs)
        if len(self._quick) >= MOST_KEPT:
            self._quick.clear()
        self._quick[quick] = actor.grants, specs, customs, shape
        return shape

    def _shape(
        self,
        actor: Actor,
        entity: Entity,
        specs: Sequence[FieldSpec],
        fields: tuple[str, ...] | None,
        customs: Sequence[FieldSpec],
    ) -> Shape:
        known_custom = {spec.name for spec in specs if spec.custom}
        lost = frozenset(
            spec.name[len(CUSTOM) :]
            for spec in customs
            if spec.name not in known_custom or hidden(actor, entity, spec.field)
        )
        declared = tuple(spec.name for spec in specs if not spec.custom)
        key = id(entity), declared, fields, lost
        known = self._made.get(key)
        if known is None or known[0] is not entity:
            if len(self._made) >= MOST_KEPT:
                self._made.clear()
            known = self._made[key] = entity, _make(entity, specs, fields, lost)
        return known[1]


def _make(
    entity: Entity, specs: Sequence[FieldSpec], fields: tuple[str, ...] | None, lost: frozenset[str]
) -> Shape:
    wanted = [spec for spec in specs if not spec.custom]
    show_custom = True
    if fields is not None:
        asked = set(fields) | set(ALWAYS)
        wanted = [spec for spec in wanted if spec.name in asked]
        show_custom = any(name == "custom" or name.startswith(CUSTOM) for name in fields)
    by_name = {spec.name: spec for spec in wanted}
    shown = [*ALWAYS, *(name for name in by_name if name not in ALWAYS)]
    if show_custom and "custom" in entity.model.__table__.columns:
        shown.append("custom")
    derived = {
        name: entity.derived[name]
        for name, spec in by_name.items()
        if spec.derived and name in entity.derived
    }
    shown = [name for name in shown if name in derived or not (name in by_name and by_name[name].derived)]
    names = [name for name in shown if name not in derived]
    if derived:
        names += [name for name in column_names(entity.model) if name not in names]
    struct: type[Any] = msgspec.defstruct(
        f"{entity.name.title().replace('_', '')}View",
        [(name, Any, msgspec.UNSET) for name in shown if name not in ALWAYS],
        bases=(RecordView,),
        module=__name__,
    )
    return Shape(
        tuple(names),
        tuple(shown),
        struct,
        {name: spec.kind.mask or stars for name, spec in by_name.items() if spec.masked},
        tuple(n for n, spec in by_name.items() if spec.kind.name == "money" and n in shown),
        derived,
        lost if "custom" in shown else frozenset(),
    )
