"""The service `approvals`: sums that somebody must allow, above what the asker may decide alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access, Actor
from crm_kernel.contributions import ApprovalKind, Entity, NotificationType, Permission
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from crm_kernel.flow import approvals_store as store
from crm_kernel.flow.approvals_store import PAGE, Waiting
from crm_kernel.flow.models import Approval
from crm_kernel.flow.views import ApprovalView, LimitsView, WaitingView, approval_view
from crm_kernel.records.reach import Place, reached
from crm_kernel.records.room import room_of
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

MANAGE = Permission("approvals.manage", _("Set limits for approvals"))
NOTIFICATIONS = (
    NotificationType("approvals.asked", _("Your approval is asked for")),
    NotificationType("approvals.decided", _("Your request was decided")),
)
MOST = Decimal(100_000_000)
MOST_WAITING = 200


class Approvals:
    """Offered as `approvals`. Asking needs the kind's permission, deciding a sufficient limit besides."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def _kind(self, name: str) -> ApprovalKind:
        for kind in self._kernel.registry.of(ApprovalKind):
            if kind.name == name:
                return kind
        raise NotFound()

    @public
    async def limit(self, actor: Actor, kind: str) -> Decimal:
        """Up to which amount the actor may decide alone: the highest limit among his roles."""
        if actor.grants.super:
            return MOST
        limits = await self._limits(actor.dealership_id, self._kind(kind))
        return max((limits[role] for role in actor.grants.roles if role in limits), default=Decimal(0))

    async def _limits(self, dealership_id: UUID, kind: ApprovalKind) -> Mapping[str, Decimal]:
        own = await store.limits(self._kernel.db, dealership_id, kind.name)
        return own or kind.limits

    @permitted(MANAGE.name)
    async def limits(self, access: Access, kind: str) -> LimitsView:
        """The limits of a kind in the actor's dealership, and whose they are. Raises NotFound."""
        declared = self._kind(kind)
        own = await store.limits(self._kernel.db, access.actor.dealership_id, declared.name)
        return LimitsView(own or declared.limits, bool(own))

    @permitted(MANAGE.name)
    async def set_limits(self, access: Access, kind: str, amounts: Mapping[str, Decimal]) -> None:
        """Set them; with none at all, those that the module brought apply again.

        Raises Invalid for unknown roles and amounts below zero or without end, NotFound.
        """
        declared = self._kind(kind)
        known = {role.name for role in await self._kernel.access.store.roles()}
        errors = [
            FieldError(role, "limit", _("Give a role that exists an amount from 0 to {most}.")(most=MOST))
            for role, amount in amounts.items()
            if role not in known or not 0 <= amount <= MOST
        ]
        if errors:
            raise Invalid(errors)
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            await store.replace_limits(work, access.actor.dealership_id, declared.name, amounts)

    @public
    async def ask(
        self, actor: Actor, entity: Entity | str, id: UUID, kind: str, amount: Decimal, reason: str
    ) -> ApprovalView:
        """Ask for a sum; within one's own limit it is approved at once.

        Raises Forbidden without the kind's permission or about a record that concerns oneself, NotFound,
        Invalid.
        """
        declared = self._kind(kind)
        access = actor.access(declared.permission)
        place = await self._unconcerned(actor, declared, entity, id)
        _check(amount, reason)
        shop = await room_of(self._kernel).directory.shop(place.dealership_id)
        alone = amount <= await self.limit(actor, kind)
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = work.add(
                Approval(
                    dealership_id=place.dealership_id,
                    record_id=id,
                    entity=place.entity.name,
                    kind=kind,
                    amount=amount,
                    currency=shop.currency,
                    reason=reason.strip(),
                    state="approved" if alone else "open",
                    asked_by=actor.id,
                    asked_at=work.now,
                    decided_by=actor.id if alone else None,
                    decided_at=work.now if alone else None,
                )
            )
            await work.flush()
            self._note(work, row, _("Approved: {amount}") if alone else _("Approval asked for: {amount}"))
            if not alone:
                await self._call(work, declared, row, place.concerned)
        return approval_view(row, decidable=False)

    async def _unconcerned(self, actor: Actor, kind: ApprovalKind, entity: Entity | str, id: UUID) -> Place:
        """The record, for somebody whom it does not concern."""
        place = await reached(self._kernel, actor, entity, id)
        if actor.id in place.concerned:
            raise Forbidden(kind.permission, _("This concerns you. Somebody else must ask and decide."))
        return place

    async def _call(
        self, work: UnitOfWork, kind: ApprovalKind, row: Approval, concerned: frozenset[UUID]
    ) -> None:
        """Tell those whose limit suffices, but for whom it concerns."""
        policy = await self._kernel.access.policy()
        limits = await self._limits(row.dealership_id, kind)
        people = (
            {
                person
                for role, limit in limits.items()
                if limit >= row.amount
                for person in policy.holders(role, row.dealership_id)
            }
            - {row.asked_by}
            - concerned
        )
        await self._notify(work, row, people, "approvals.asked", _("{kind}: {amount} {currency} to approve"))

    @public
    async def decide(self, actor: Actor, id: UUID, *, approve: bool, remark: str = "") -> ApprovalView:
        """Approve or refuse what somebody else asked for.

        Raises NotFound, Forbidden beyond one's limit, for one's own request or about a record that concerns
        oneself, Conflict once it is decided, Invalid for a refusal without a reason.
        """
        async with self._kernel.db.work(actor, now=self._kernel.clock.now()) as work:
            row = await store.approval(work, actor.dealership_id, id)
            if row is None:
                raise NotFound()
            kind = self._kind(row.kind)
            actor.access(kind.permission)
            await self._unconcerned(actor, kind, row.entity, row.record_id)
            if row.state != "open":
                raise Conflict(_("This was decided already."), code="decided")
            if row.asked_by == actor.id or row.amount > await self.limit(actor, row.kind):
                raise Forbidden(kind.permission, _("Somebody with a higher limit must decide this."))
            if not approve and not remark.strip():
                raise Invalid.one("remark", "required", _("Say why."))
            row.state = "approved" if approve else "refused"
            row.decided_by, row.decided_at, row.remark = actor.id, work.now, remark.strip()[:2000]
            self._note(work, row, _("Approved: {amount}") if approve else _("Refused: {amount}"))
            text = _("Approved: {amount} {currency}") if approve else _("Refused: {amount} {currency}")
            await self._notify(work, row, {row.asked_by}, "approvals.decided", text)
        return approval_view(row, decidable=False)

    @public
    async def withdraw(self, actor: Actor, id: UUID) -> ApprovalView:
        """Take one's own request back. Raises NotFound for others', Conflict once it is decided."""
        async with self._kernel.db.work(actor, now=self._kernel.clock.now()) as work:
            row = await store.approval(work, actor.dealership_id, id)
            if row is None or row.asked_by != actor.id:
                raise NotFound()
            if row.state != "open":
                raise Conflict(_("This was decided already."), code="decided")
            row.state, row.decided_by, row.decided_at = "withdrawn", actor.id, work.now
        return approval_view(row, decidable=False)

    @public
    async def of_record(self, actor: Actor, entity: Entity | str, id: UUID) -> Sequence[ApprovalView]:
        """What was asked for about a record, oldest first. Raises Forbidden, NotFound."""
        place = await reached(self._kernel, actor, entity, id, deleted=None)
        rows = await store.approvals(self._kernel.db, place.dealership_id, id)
        return [
            approval_view(
                row, decidable=actor.id not in place.concerned and await self._decidable(actor, row)
            )
            for row in rows
        ]

    @public
    async def waiting(self, actor: Actor, cursor: str | None = None, limit: int = PAGE) -> WaitingView:
        """A page of what the actor could decide now, oldest first; records out of his reach are left out.

        Raises Malformed for a cursor that is none.
        """
        found = await self._waiting(actor)
        if found is None:
            return WaitingView([])
        rows, following = await found.page(cursor, max(1, min(limit, MOST_WAITING)))
        return WaitingView([approval_view(row, decidable=True) for row in rows], following)

    @public
    async def waiting_count(self, actor: Actor) -> int:
        """How many requests the actor could decide now."""
        found = await self._waiting(actor)
        return await found.count() if found is not None else 0

    async def _waiting(self, actor: Actor) -> Waiting | None:
        off = actor.grants.modules_off
        kinds = [
            kind.name
            for plugin, kind in self._kernel.registry.owned(ApprovalKind)
            if plugin not in off and actor.may(kind.permission)
        ]
        limits = {kind: await self.limit(actor, kind) for kind in kinds}
        return Waiting(self._kernel, actor, limits) if limits else None

    async def _decidable(self, actor: Actor, row: Approval) -> bool:
        if row.state != "open" or row.asked_by == actor.id or not actor.may(self._kind(row.kind).permission):
            return False
        return row.amount <= await self.limit(actor, row.kind)

    def _note(self, work: UnitOfWork, row: Approval, text: Text) -> None:
        self._kernel.service("timeline").add(
            work,
            row.entity,
            row.record_id,
            "approval",
            text(amount=f"{row.amount:,.2f} {row.currency}"),
            dealership_id=row.dealership_id,
            payload={"state": row.state},
            source_id=row.id,
        )

    async def _notify(
        self, work: UnitOfWork, row: Approval, people: set[UUID], type: str, text: Text
    ) -> None:
        entity = self._kernel.registry.entity(row.entity)
        if entity is None or not people or not self._kernel.offers("notifications"):
            return
        words = text(kind=self._kind(row.kind).label, amount=f"{row.amount:,.2f}", currency=row.currency)
        path = f"/{entity.plural}/{row.record_id}"
        await self._kernel.service("notifications").notify(work, people, type, words, path)


def _check(amount: Decimal, reason: str) -> None:
    errors = []
    if not 0 < amount <= MOST:
        errors.append(FieldError("amount", "range", _("Give an amount above zero.")))
    if not reason.strip():
        errors.append(FieldError("reason", "required", _("Say why.")))
    if len(reason) > 2000:
        errors.append(FieldError("reason", "too_long", _("This is too long.")))
    if errors:
        raise Invalid(errors)
