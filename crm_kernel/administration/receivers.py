"""Departments and staff from a personnel system: row by row through the service, whose rules all hold."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_kernel.access.organisation import Department, Staff
from crm_kernel.actor import Access
from crm_kernel.administration.organisation_store import OrganisationStore
from crm_kernel.administration.permissions import ORGANISATION_MANAGE
from crm_kernel.administration.staff import STAFF_FIELDS, OrganisationService
from crm_kernel.contributions import SyncKind
from crm_kernel.errors import CrmError, FieldError, Invalid
from crm_kernel.sync import store as sync_store
from crm_kernel.sync.models import LONGEST_ID
from crm_kernel.sync.receiving import CHANGED, CREATED, REJECTED, UNCHANGED, FieldInfo, Inbox, Outcome
from crm_kernel.sync.rows import EXTERNAL_ID, SyncRow
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

DEPARTMENT = "department_id"
ACTIVE = "active"


class _OrganisationReceiver(ABC):
    """Takes each row by itself: what one of them breaks is taken back alone."""

    known: tuple[FieldInfo, ...] = ()

    def __init__(self, kernel: Kernel) -> None:
        self._organisation: OrganisationService = kernel.service("organisation")
        self._store = OrganisationStore(kernel.db)

    async def fields(self, access: Access) -> Sequence[FieldInfo]:
        """What may be sent."""
        return self.known

    async def receive(self, inbox: Inbox, rows: Sequence[SyncRow]) -> Sequence[Outcome]:
        """Take the rows in their order."""
        found = []
        met = dict(inbox.known)
        for row in rows:
            outcome = await self._one(inbox, row, met.get(row.external_id))
            if outcome.record_id is not None:
                met[row.external_id] = outcome.record_id
            found.append(outcome)
        return found

    async def _one(self, inbox: Inbox, row: SyncRow, record_id: UUID | None) -> Outcome:
        errors = self._unreadable(row)
        if errors:
            return Outcome(row, REJECTED, errors=errors)
        try:
            async with inbox.work.savepoint():
                return await self._take(inbox, row, record_id)
        except Invalid as fault:
            return Outcome(row, REJECTED, errors=fault.errors)
        except CrmError as fault:
            return Outcome(row, REJECTED, errors=[FieldError(EXTERNAL_ID, fault.code, fault.message)])

    def _unreadable(self, row: SyncRow) -> list[FieldError]:
        if not 0 < len(row.external_id) <= LONGEST_ID:
            return [FieldError(EXTERNAL_ID, "required", _("Say what you call this record."))]
        names = {one.name: one for one in self.known}
        errors = []
        for name, value in row.values.items():
            if name not in names:
                errors.append(FieldError(name, "unknown_field", _("This kind has no such field.")))
            elif not isinstance(value, bool if names[name].type == "switch" else str | None):
                errors.append(FieldError(name, "invalid", _("This value cannot be read.")))
        return errors

    @abstractmethod
    async def _take(self, inbox: Inbox, row: SyncRow, record_id: UUID | None) -> Outcome:
        """Take one row about a known record or a new one. Raises CrmError to refuse it."""


class DepartmentReceiver(_OrganisationReceiver):
    """A department that is here under the same name is taken over."""

    known = (FieldInfo("name", _("Name"), "text", required=True),)

    async def _take(self, inbox: Inbox, row: SyncRow, record_id: UUID | None) -> Outcome:
        actor, name = inbox.access.actor, _text(row.values.get("name"))
        there = {one.id: one.name for one in await self._store.departments(inbox.dealership)}
        if record_id is None:
            record_id = next((one for one, known in there.items() if known == name), None)
        if record_id is None:
            made: Department = await self._organisation.create_department(actor, inbox.dealership, name)
            await inbox.work.flush()
            return Outcome(row, CREATED, made.id)
        if "name" not in row.values or there.get(record_id) == name:
            return Outcome(row, UNCHANGED, record_id)
        await self._organisation.rename_department(actor, record_id, name)
        return Outcome(row, CHANGED, record_id)


class StaffReceiver(_OrganisationReceiver):
    """A person who is here under the same code is taken over; nobody gets a role by being pushed."""

    known = (
        FieldInfo("code", _("Code"), "text", required=True),
        FieldInfo("name", _("Name"), "text", required=True),
        FieldInfo("position", _("Position"), "text"),
        FieldInfo("level", _("Level"), "text"),
        FieldInfo("email", _("E-mail"), "text"),
        FieldInfo("mobile", _("Mobile"), "text"),
        FieldInfo("locale", _("Language"), "text"),
        FieldInfo(DEPARTMENT, _("Department"), "reference", reference="department"),
        FieldInfo(ACTIVE, _("Works here"), "switch"),
    )

    async def receive(self, inbox: Inbox, rows: Sequence[SyncRow]) -> Sequence[Outcome]:
        """Take the rows in their order."""
        people = await self._store.staff([inbox.dealership], active=None, limit=100_000)
        self._codes = {one.code: one.id for one in people}
        return await super().receive(inbox, rows)

    async def _take(self, inbox: Inbox, row: SyncRow, record_id: UUID | None) -> Outcome:
        actor, values = inbox.access.actor, row.values
        fields: dict[str, Any] = {name: _text(values[name]) for name in STAFF_FIELDS if name in values}
        department = await self._department(inbox, values)
        if record_id is None:
            record_id = self._codes.get(fields.get("code", ""))
        if record_id is None:
            made: Staff = await self._organisation.create_staff(
                actor,
                fields.pop("code", ""),
                fields.pop("name", ""),
                dealership_id=inbox.dealership,
                department_id=department,
                **fields,
            )
            await inbox.work.flush()
            if values.get(ACTIVE) is False:
                await self._organisation.set_staff_active(actor, made.id, False)
            self._codes[made.code] = made.id
            return Outcome(row, CREATED, made.id)
        person = await self._store.get(Staff, record_id)
        altered = {name: value for name, value in fields.items() if getattr(person, name) != value}
        moved = DEPARTMENT in values and person.department_id != department
        switched = ACTIVE in values and person.active != values[ACTIVE]
        if altered:
            await self._organisation.change_staff(actor, record_id, **altered)
        if moved:
            await self._organisation.move_staff(
                actor,
                record_id,
                dealership_id=person.dealership_id,
                department_id=department,
                team_id=person.team_id,
                group_id=person.group_id,
            )
        if switched:
            await self._organisation.set_staff_active(actor, record_id, bool(values[ACTIVE]))
        return Outcome(row, CHANGED if altered or moved or switched else UNCHANGED, record_id)

    async def _department(self, inbox: Inbox, values: Mapping[str, Any]) -> UUID | None:
        name = _text(values.get(DEPARTMENT))
        if not name:
            return None
        found = await sync_store.records(
            inbox.kernel.db, inbox.dealership, inbox.source, "department", [name]
        )
        if name not in found:
            raise Invalid.one(DEPARTMENT, "department", _("There is no such department."))
        return found[name]


def _text(value: Any) -> str:
    return str(value).strip() if value is not None else ""


SYNC_KINDS = (
    SyncKind(
        "departments",
        _("Departments"),
        "department",
        DepartmentReceiver,
        order=1,
        permission=ORGANISATION_MANAGE,
    ),
    SyncKind("staff", _("Staff"), "staff", StaffReceiver, order=2, permission=ORGANISATION_MANAGE),
)
