"""Complaints: taken down while the customer talks, then led by their flow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from crm_complaint.entities import COMPLAINT
from crm_complaint.models import Complaint
from crm_complaint.process import CLOSED
from crm_complaint.service.fingerprints import mobile_print
from crm_complaint.service.steps import CONCERNED, emit
from crm_kernel.actor import Access
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, Forbidden, Invalid
from crm_kernel.records.entity_service import Columns, EntityService
from crm_kernel.text import messages

_ = messages("complaint")


def check_concerned(access: Access, complaint: Complaint) -> None:
    """Whoever a complaint concerns changes nothing in it. Raises Forbidden."""
    if str(access.actor.id) in complaint.staff_concerned:
        raise Forbidden(access.permission, CONCERNED)


class ComplaintService(EntityService[Complaint]):
    """Offered as `complaint.complaints`. States change by steps of the flow only (`flows`)."""

    entity = COMPLAINT
    watched = ("mobile", "staff_concerned")

    async def _before(
        self, work: UnitOfWork, access: Access, sent: Columns, row: Complaint | None
    ) -> Columns:
        received = sent.get("received_at")
        if isinstance(received, datetime) and received > work.now:
            raise Invalid.one("received_at", "future", _("A complaint cannot be received in the future."))
        if row is not None:
            check_concerned(access, row)
            self._check_open(row, sent)
            await self._complete(access, sent)
            return {}
        sent.setdefault("received_at", work.now)
        sent.setdefault("receiver_id", access.actor.id)
        await self._complete(access, sent)
        return {"currency": await self._currency(access)}

    def _check_open(self, row: Complaint, sent: Columns) -> None:
        """A closed case stays as it was, but for the recurring problem it is counted to."""
        if row.status == CLOSED and set(sent) - {"problem_id", "tags", "custom"}:
            raise Conflict(_("This complaint is closed. Open it again first."), code="closed")

    async def _complete(self, access: Access, sent: Columns) -> None:
        """The vehicle's model, and its customer where only the vehicle is known."""
        vehicle = sent.get("vehicle_id")
        if not isinstance(vehicle, UUID | str) or not vehicle:
            return
        if not self._kernel.offers("vehicle.directory") or not access.actor.may("vehicle.view"):
            return
        card = await self._kernel.service("vehicle.directory").card(access.actor, UUID(str(vehicle)))
        if card is None:
            return
        if card.customer_id is not None and not sent.get("customer_id"):
            sent["customer_id"] = card.customer_id
        if card.model and not sent.get("model"):
            sent["model"] = card.model

    async def _after(
        self, work: UnitOfWork, access: Access, row: Complaint, former: Mapping[str, Any] | None
    ) -> None:
        if former is None or former["mobile"] != row.mobile:
            row.mobile_print = mobile_print(self._kernel.keys, row.dealership_id, row.mobile)
        if {str(row.handler_id), str(row.owner_id)} & {str(one) for one in row.staff_concerned}:
            raise Invalid.one(
                "staff_concerned",
                "handler",
                _("The handler cannot be concerned. Assign it to somebody else."),
            )
        if former is None:
            emit(self._kernel, work, "complaint.received", row)
            self._tell(work, row)

    async def _after_removal(self, work: UnitOfWork, access: Access, row: Complaint) -> None:
        check_concerned(access, row)

    def _tell(self, work: UnitOfWork, row: Complaint) -> None:
        """A line in the timelines of the customer and the vehicle."""
        for entity, record_id in (("customer", row.customer_id), ("vehicle", row.vehicle_id)):
            if record_id is not None:
                self._kernel.service("timeline").add(
                    work,
                    entity,
                    record_id,
                    "complaint",
                    _("Complaint {number}: {subject}")(number=row.number, subject=row.subject),
                    dealership_id=row.dealership_id,
                    link=f"/complaints/{row.id}",
                    source_id=row.id,
                )
