"""Personal data: declared, handed over, made unrecognisable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_kernel.contributions import Entity, Link, PersonalData
from crm_kernel.testing.contract.check import Level, check
from crm_kernel.testing.contract.subject import Subject
from crm_kernel.text import messages

_ = messages("kernel")
CUSTOMER = "customer"
MARK = "ZZperson"
SUSPICIOUS = ("mobile", "phone", "email", "id_number", "identity", "wechat", "address", "birthday", "licence")


def _about_people(subject: Subject) -> bool:
    marked = any(f.personal or f.sensitive for entity in subject.of(Entity) for f in entity.fields)
    return marked or any(link.entity == CUSTOMER for link in subject.of(Link))


@check(Level.SILVER, _("Personal data is declared"))
async def personal_declared(subject: Subject) -> Sequence[str]:
    """Fields that smell of a person are marked, references to customers too; somebody answers for them."""
    found = []
    links = {(link.model, link.column) for link in subject.of(Link)}
    for entity in subject.of(Entity):
        for one in entity.fields:
            if any(word in one.name for word in SUSPICIOUS) and not (one.personal or one.sensitive):
                found.append(f"{entity.name}.{one.name} looks personal and is not marked `personal`")
            if one.reference == CUSTOMER and (entity.model, one.name) not in links:
                found.append(f"{entity.name}.{one.name} points at a customer and is no Link")
    if _about_people(subject) and not subject.of(PersonalData):
        found.append("it holds data about people and does not implement register_personal_data")
    return found


@check(Level.SILVER, _("Personal data is handed over and erased on request"))
async def personal_erased(subject: Subject) -> Sequence[str]:
    """Export tells what is there; after erasing, nothing personal is found again."""
    customer = subject.kernel.registry.entity(CUSTOMER)
    declared = subject.of(PersonalData)
    if not declared or customer is None:
        return []
    person = await subject.row(customer, subject.admin, **_personal(customer))
    for link in subject.of(Link):
        entity = subject.kernel.registry.entity_of(link.model)
        if link.entity == CUSTOMER and entity is not None and entity is not customer:
            values = {name: text for name, text in _personal(entity).items() if name != link.column}
            await subject.row(entity, subject.admin, **{link.column: person}, **values)
    access = subject.admin.access(customer.permission("view"))
    found = []
    for one in declared:
        await one.export(subject.kernel, access, person)
        erased: Any = await one.erase(subject.kernel, access, person)
        if not isinstance(erased, int):
            found.append(f"{one.name}: erase does not say how many records it touched")
        if MARK in str(await one.export(subject.kernel, access, person)):
            found.append(f"{one.name}: something personal is left after erasing")
    return found


def _personal(entity: Entity) -> dict[str, Any]:
    """Marked text in every personal field that takes free text."""
    columns = entity.model.__table__.columns
    return {
        one.name: MARK
        for one in entity.fields
        if one.personal
        and one.name in columns
        and columns[one.name].type.python_type is str
        and not one.options
        and one.choices is None
    }
