"""The record page: facts in their groups, what happens next, the timeline, other modules' panels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.i18n import formats, translate
from crm_kernel.records.fields import FieldSpec, closed
from crm_kernel.records.masters import keeper_of
from crm_kernel.records.timeline.service import TimelineItem
from crm_kernel.records.view import RecordView
from crm_kernel.records.withheld import WITHHELD
from crm_kernel.text import messages
from crm_kernel.ui.records.display import Display, Linked

_ = messages("kernel")
ICONS = {
    "created": "user-plus",
    "changed": "pencil",
    "deleted": "trash",
    "restored": "arrow-back-up",
    "note": "note",
    "call": "phone",
    "visit": "building-store",
    "task": "checkbox",
}
BADGES = 2
TONES = {"deleted": "danger", "call": "info", "visit": "info", "created": "success"}


async def fact_groups(
    display: Display, specs: Sequence[FieldSpec], record: RecordView, path: str
) -> list[dict[str, Any]]:
    """Groups of facts as the template shows them; empty fields one cannot fill are left out."""
    await display.prepare(specs, [record])
    groups: dict[str, list[dict[str, Any]]] = {}
    told = None if display.entity.called else display.entity.title  # the heading says it already
    may_change = display.actor.may(display.entity.permission("change"))
    may_reveal = display.actor.may(display.entity.permission("reveal"))
    may_call = display.kernel.offers("telephone") and display.kernel.service("telephone").offered(
        display.actor
    )
    for spec in specs:
        value = record.get(spec.name)
        editable = may_change and spec.field.form and not closed(display.actor, display.entity, spec)
        if spec.name in ("id", "version", "dealership_id") or spec.name == told:
            continue
        empty = value in (None, "", [], {})
        if not spec.field.shown or (empty and (not editable or _beside_the_point(spec, record))):
            continue
        heading = translate(spec.field.group) if spec.field.group else ""
        heading = translate(_("More")) if spec.custom or spec.implicit else heading
        groups.setdefault(heading, []).append(
            {
                "name": spec.name,
                "id": f"fact-{spec.name.replace('.', '-')}",
                "label": translate(spec.label),
                "value": (cell := display.cell(spec, value)),
                "linked": isinstance(cell, Linked),
                "masked": bool(spec.masked and value),
                "tel": spec.dialable,
                "reveal_url": f"{path}/reveal" if may_reveal and value != WITHHELD else None,
                "call_url": f"{path}/call" if may_call and _shown_number(spec, value) else None,
                "kept_by": "" if editable else keeper_of(display.kernel, display.entity.name, spec.name),
                "edit_url": f"{path}/fields/{spec.name}" if editable and not spec.masked else None,
            }
        )
    return [{"heading": heading, "facts": facts} for heading, facts in groups.items()]


def _beside_the_point(spec: FieldSpec, record: RecordView) -> bool:
    """Whether the field makes sense only for records of another sort."""
    only = spec.field.only
    return only is not None and record.get(only[0]) != only[1]


def head_badges(display: Display, specs: Sequence[FieldSpec], record: RecordView) -> list[dict[str, str]]:
    """What a record is, in a word or two beside its title: the choices that its list shows."""
    shown = []
    for spec in specs:
        value = record.get(spec.name)
        if value and spec.field.listed and (spec.field.options or spec.field.choices):
            shown.append(display.badge(spec, value))
    return shown[:BADGES]


def dialled(actor: Actor, entity: Entity, specs: Sequence[FieldSpec], record: RecordView) -> str | None:
    """The field whose number a phone dials from the record's head; None where nobody may see one."""
    if not actor.may(entity.permission("reveal")):
        return None
    numbers = (one.name for one in specs if one.masked and one.dialable)
    return next((name for name in numbers if record.get(name) not in (None, "", WITHHELD)), None)


def timeline_items(items: Sequence[TimelineItem], prefix: str) -> list[dict[str, Any]]:
    """Entries as the template's macro takes them."""
    shown = []
    for item in items:
        note = item.note
        shown.append(
            {
                "icon": ICONS.get(item.kind, "point"),
                "tone": TONES.get(item.kind, ""),
                "title": item.text,
                "url": f"{prefix}{item.link}" if item.link else None,
                "body": note.body if note else None,
                "who": item.actor or "",
                "at": item.at.isoformat(),
                "when": formats.relative(item.at),
                "change": None,
            }
        )
    return shown


def slot_of(entity: Entity) -> str:
    """The slot on an entity's record page."""
    return f"{entity.name}.record"


def _shown_number(spec: FieldSpec, value: Any) -> bool:
    """Whether there is a number to dial that is not withheld from the reader."""
    return spec.dialable and value not in (None, "", WITHHELD)
