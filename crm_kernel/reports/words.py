"""What the groups of a report are called: labels for codes, names for ids, months, ages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from babel.dates import format_skeleton

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity, Flow
from crm_kernel.i18n import translate
from crm_kernel.i18n.locales import babel_locale
from crm_kernel.records import store
from crm_kernel.records.fields import FieldSpec
from crm_kernel.records.reach import titles
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

NOTHING = _("(not given)")


async def words(
    kernel: Kernel, actor: Actor, entity: Entity, spec: FieldSpec, values: Collection[Any]
) -> Mapping[Any, str]:
    """The label of each value of a field, in the reader's language."""
    held = {value for value in values if value is not None}
    found: dict[Any, str] = {None: translate(NOTHING, actor.locale)}
    codes = await _codes(kernel, actor, entity, spec)
    if spec.field.reference:
        found |= await _names(kernel, actor, spec.field.reference, held)
    for value in held:
        if value in found:
            continue
        found[value] = codes.get(str(value)) or spec.kind.show(value, actor.locale)
    return found


async def order(kernel: Kernel, actor: Actor, entity: Entity, spec: FieldSpec) -> Mapping[str, int]:
    """The place of each code in its list."""
    return {code: place for place, code in enumerate(await _codes(kernel, actor, entity, spec))}


async def _codes(kernel: Kernel, actor: Actor, entity: Entity, spec: FieldSpec) -> Mapping[str, str]:
    found = {code: translate(label, actor.locale) for code, label in spec.field.options}
    if spec.field.choices:
        entries = await kernel.service("dictionaries").entries(actor, spec.field.choices, inactive=True)
        found |= {entry.code: translate(entry.label, actor.locale) for entry in entries}
    for flow in kernel.registry.of(Flow):
        if flow.entity == entity.name and flow.state == spec.name:
            found |= {one.key: translate(one.label, actor.locale) for one in flow.definition.states}
    return found


async def _names(kernel: Kernel, actor: Actor, entity: str, ids: Collection[UUID]) -> Mapping[Any, str]:
    if not ids:
        return {}
    gone = translate(_("(out of your reach)"), actor.locale)
    if entity in ("staff", "dealership"):
        known: Mapping[UUID, str] = await store.names(kernel.db, entity, list(ids))
    else:
        known = {
            key[1]: name for key, name in (await titles(kernel, actor, [(entity, i) for i in ids])).items()
        }
    return {one: known.get(one) or gone for one in ids}


def month(first: date, locale: str) -> str:
    """A month with its year."""
    return format_skeleton("yMMM", first, locale=babel_locale(locale))


def age(low: int, high: int | None, locale: str) -> str:
    """An age in days."""
    if high is None:
        return translate(_("{days} days and more")(days=low), locale)
    if high == 0:
        return translate(_("Today"), locale)
    if low == high:
        return translate(_("{days} days")(days=low), locale)
    return translate(_("{low}-{high} days")(low=low, high=high), locale)
