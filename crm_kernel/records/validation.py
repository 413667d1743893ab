"""Whether values may be kept: which fields exist for the person, what belongs in them, whom they point at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from crm_kernel.actor import Access, Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import FieldError, Invalid
from crm_kernel.records import store
from crm_kernel.records.custom_fields import CustomFields, stored_form
from crm_kernel.records.dictionaries import Dictionaries
from crm_kernel.records.fields import CUSTOM, FieldSpec, closed, declared_specs, hidden, visible
from crm_kernel.records.masters import keeper_of
from crm_kernel.records.schema import given
from crm_kernel.records.tags import MANAGE as MANAGE_TAGS
from crm_kernel.records.tags import Tags
from crm_kernel.records.values import coerce, reason
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")


class Validator:
    """Turns what somebody sent into column values, or says everything that is wrong with it at once."""

    def __init__(self, kernel: Kernel, custom: CustomFields, dictionaries: Dictionaries, tags: Tags) -> None:
        self._kernel = kernel
        self._custom = custom
        self._dictionaries = dictionaries
        self._tags = tags

    async def clean(
        self, work: UnitOfWork, access: Access, entity: Entity, values: Any, record: Any = None
    ) -> dict[str, Any]:
        """Column values to set, for a new record or (with `record`) for one that is there.

        `custom` comes back whole, with the other custom values kept. Raises Invalid with every FieldError;
        fields hidden from the person are answered like unknown ones.
        """
        actor = access.actor
        dealership = record.dealership_id if record is not None else actor.dealership_id
        declared = declared_specs(entity)
        custom = await self._custom.specs(dealership, entity)
        specs = {spec.name: spec for spec in visible(actor, entity, (*declared, *custom))}
        check = _Check(self, work, actor, entity, dealership, record)
        sent = _flat(values, check, declared, custom)
        for name, value in sent.items():
            spec = specs.get(name)
            if spec is None:
                check.wrong(name, "unknown")
            else:
                await check.take(spec, value)
        if record is None:
            check.complete(declared, custom, specs)
        if not check.errors:
            await check.unique()
        if check.errors:
            raise Invalid(check.errors)
        return check.result()

    def keeper(self, entity: Entity, spec: FieldSpec) -> str:
        """The name of the system that alone changes this field; empty where it is ours."""
        return keeper_of(self._kernel, entity.name, spec.name)

    async def codes(self, dealership: UUID, spec: FieldSpec) -> frozenset[str] | None:
        """The codes a choice may hold; None where anything goes."""
        if spec.field.options:
            return frozenset(code for code, _label in spec.field.options)
        if spec.field.choices:
            return await self._dictionaries.codes(dealership, spec.field.choices)
        return None

    async def points_at(
        self, work: UnitOfWork, actor: Actor, dealership: UUID, target: str, ids: Sequence[UUID]
    ) -> bool:
        """Whether all ids are living records the person may see, of the same dealership."""
        if target == "staff":
            return await store.staff_exist(work, dealership, ids)
        entity = self._kernel.registry.entity(target)
        if entity is None:
            return await self._in_directory(actor, target, ids)
        permission = entity.permission("view")
        if not actor.may(permission):
            return False
        found = await work.rows(store.targets(actor.access(permission), entity, dealership, ids))
        return set(found) == set(ids)

    async def _in_directory(self, actor: Actor, target: str, ids: Sequence[UUID]) -> bool:
        """Masters the host owns are asked through their port."""
        name = f"{target}.directory"
        if not self._kernel.offers(name):
            return False
        directory = self._kernel.service(name)
        return all([await directory.card(actor, one) is not None for one in ids])

    async def tags_allowed(
        self, work: UnitOfWork, actor: Actor, dealership: UUID, names: Sequence[str]
    ) -> bool:
        """Whether these tags may be used; who manages tags adds new ones by using them."""
        unknown = await self._tags.unknown(dealership, names)
        if unknown and actor.may(MANAGE_TAGS.name):
            await self._tags.ensure(work, dealership, unknown)
            return True
        return not unknown


class _Check:
    """One set of values on its way through the rules."""

    def __init__(
        self,
        rules: Validator,
        work: UnitOfWork,
        actor: Actor,
        entity: Entity,
        dealership: UUID,
        record: Any,
    ) -> None:
        self._rules = rules
        self._work = work
        self._actor = actor
        self._entity = entity
        self._dealership = dealership
        self._record = record
        self._values: dict[str, Any] = {}
        self._custom: dict[str, Any] = {}
        self.errors: list[FieldError] = []

    def wrong(self, name: str, code: str, spec: FieldSpec | None = None) -> None:
        """Note an error."""
        self.errors.append(FieldError(name, code, reason(spec, code)))

    def result(self) -> dict[str, Any]:
        """The column values."""
        if self._custom:
            there = dict(self._record.custom or {}) if self._record is not None else {}
            merged = {**there, **self._custom}
            self._values["custom"] = {key: value for key, value in merged.items() if value is not None}
        return self._values

    async def take(self, spec: FieldSpec, value: Any) -> None:
        """One value somebody sent."""
        if closed(self._actor, self._entity, spec):
            self._closed(spec)
            return
        current = None if self._record is None or spec.custom else getattr(self._record, spec.name)
        if spec.masked and current is not None and value == spec.mask(current):
            return
        try:
            found = coerce(spec, value)
        except ValueError as fault:
            self.wrong(spec.name, str(fault.args[0]), spec)
            return
        code = await self._refused(spec, found, current)
        if code:
            self.wrong(spec.name, code, spec)
        elif spec.custom:
            self._custom[spec.name[len(CUSTOM) :]] = stored_form(found)
        else:
            self._values[spec.name] = _blank(spec) if found is None and not spec.nullable else found

    def _closed(self, spec: FieldSpec) -> None:
        keeper = self._rules.keeper(self._entity, spec)
        if not keeper:
            self.wrong(spec.name, "read_only", spec)
            return
        text = _("{host} keeps this field. Change it there; it is shown here at once.")(host=keeper)
        self.errors.append(FieldError(spec.name, "kept_elsewhere", text))

    async def _refused(self, spec: FieldSpec, value: Any, current: Any) -> str:
        if spec.name == "owner_id" and spec.implicit and value != current:
            own_new = self._record is None and value == self._actor.id
            if not own_new and not self._actor.may(self._entity.permission("move")):
                return "forbidden"
        if value is None:
            return "required" if spec.field.required or (not spec.nullable and _blank(spec) is None) else ""
        if value == current and current is not None:
            return ""
        if spec.kind.name == "choice":
            codes = await self._rules.codes(self._dealership, spec)
            if codes is not None and value not in codes:
                return "choice"
        if spec.kind.name == "tags" and spec.name == "tags":
            fresh = [name for name in value if name not in (current or ())]
            if not await self._rules.tags_allowed(self._work, self._actor, self._dealership, fresh):
                return "tag"
        if spec.field.reference and spec.name != "id":
            ids = [UUID(str(one)) for one in value] if isinstance(value, list) else [value]
            target = spec.field.reference
            if ids and not await self._rules.points_at(
                self._work, self._actor, self._dealership, target, ids
            ):
                return "reference"
        return ""

    def complete(
        self, declared: Sequence[FieldSpec], custom: Sequence[FieldSpec], visible_: Mapping[str, FieldSpec]
    ) -> None:
        """Defaults of a new record, and what is missing."""
        numbering = self._entity.numbering
        told = {error.field for error in self.errors}
        for spec in declared:
            if spec.derived or spec.name in told or self._values.get(spec.name) is not None:
                continue
            if numbering is not None and spec.name == numbering.field:
                continue
            default = spec.field.default
            if default is not None:
                self._values[spec.name] = default() if callable(default) else default
            elif spec.implicit or spec.field.read_only:
                continue
            elif spec.field.required or (not spec.nullable and _blank(spec) is None):
                if spec.name in visible_:
                    self.wrong(spec.name, "required", spec)
                elif not spec.nullable:
                    self.wrong("", "required")
            elif not spec.nullable:
                self._values[spec.name] = _blank(spec)
        for spec in custom:
            missing = self._custom.get(spec.name[len(CUSTOM) :]) is None
            offered = not hidden(self._actor, self._entity, spec.field)
            if missing and offered and spec.field.required and spec.name not in told:
                self.wrong(spec.name, "required", spec)

    async def unique(self) -> None:
        """The natural key belongs to no other record of the dealership, deleted ones included."""
        key = self._entity.key
        if not key or not any(name in self._values for name in key):
            return
        values = {
            name: self._values.get(name, getattr(self._record, name, None) if self._record else None)
            for name in key
        }
        if any(value is None for value in values.values()):
            return
        found = await store.same_key(self._work, self._entity, self._dealership, values)
        own = self._record.id if self._record is not None else None
        if any(one != own for one in found):
            self.wrong(key[-1], "taken")


def _flat(
    values: Any, check: _Check, declared: Sequence[FieldSpec], custom: Sequence[FieldSpec]
) -> dict[str, Any]:
    """What was sent, custom values by their full names.

    A struct may carry more than the entity's fields, for its own service; a mapping may not.
    """
    sent = given(values)
    nested = sent.pop("custom", None)
    if nested is not None:
        if not isinstance(nested, Mapping):
            check.wrong("custom", "type")
        else:
            sent |= {f"{CUSTOM}{key}": value for key, value in nested.items()}
    if isinstance(values, msgspec.Struct):
        known = {spec.name for spec in (*declared, *custom)}
        sent = {name: value for name, value in sent.items() if name in known or name.startswith(CUSTOM)}
    return sent


def _blank(spec: FieldSpec) -> Any:
    """What stands for nothing in a column that takes no null."""
    if spec.type is None:
        return None
    if spec.kind.name in ("tags", "list"):
        return []
    python = getattr(spec.type, "python_type", None)
    return "" if python is str else None
