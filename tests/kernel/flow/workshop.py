"""A module whose records follow a flow: damage cases, from the report to the payment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from crm_kernel import Kernel, hookimpl, messages
from crm_kernel import contributions as c
from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access, Actor
from crm_kernel.dal.base import Record, metadata, record_indexes
from crm_kernel.dal.types import Amount, Id, UtcTime
from crm_kernel.flow.definition import ClockRule, Definition, Fact, Span, State, Step
from crm_kernel.records.writer import writer_of
from crm_kernel.text import Text

_ = messages("workshop")
told: list[tuple[str, Mapping[str, Any]]] = []
"""What `taken` heard, for the tests to see."""


class Base(DeclarativeBase):
    metadata = metadata


class Case(Record, Base):
    __tablename__ = "crm_workshop_case"
    __table_args__ = record_indexes()
    name: Mapped[str] = mapped_column(String(80))
    level: Mapped[str] = mapped_column(String(20), default="normal")
    status: Mapped[str] = mapped_column(String(20), default="")
    handler_id: Mapped[UUID | None] = mapped_column(Id)
    cost: Mapped[Decimal | None] = mapped_column(Amount)
    next_due_at: Mapped[datetime | None] = mapped_column(UtcTime)


OPEN = ("reported", "assessed", "waiting", "repaired")
DEFINITION = Definition(
    start="reported",
    states=(
        State("reported", _("Reported"), "blue"),
        State("assessed", _("Assessed")),
        State("waiting", _("Waiting for the customer"), "yellow"),
        State("repaired", _("Repaired")),
        State("closed", _("Closed"), "gray", final=True),
    ),
    steps=(
        Step(
            "assess",
            _("Assess"),
            ("reported", "repaired"),
            "assessed",
            "case.change",
            (Fact("handler", _("Handler"), "staff", column="handler_id"),),
            weight="usual",
        ),
        Step("wait", _("Ask the customer"), ("assessed",), "waiting", "case.change"),
        Step("answer", _("Customer has answered"), ("waiting",), "assessed", "case.change"),
        Step(
            "repair",
            _("Repair"),
            ("assessed",),
            "repaired",
            "case.change",
            (
                Fact("cost", _("Cost"), "money", column="cost"),
                Fact("done_on", _("Done on"), "date"),
                Fact("score", _("Score"), "score", required=False),
            ),
        ),
        Step("close", _("Close"), ("repaired",), "closed", "case.close"),
        Step("reopen", _("Reopen"), ("closed",), "assessed", "case.close", within_days=30, weight="grave"),
    ),
    clocks=(
        ClockRule(
            "accept",
            _("Accept"),
            runs_in=("reported",),
            by="level",
            spans={"normal": Span(hours=24), "urgent": Span(hours=4)},
            warns=("@owner_id",),
            escalates_to=("service_manager",),
            repeat=Span(hours=9),
        ),
        ClockRule(
            "finish",
            _("Finish"),
            runs_in=("reported", "assessed", "repaired"),
            waits_in=("waiting",),
            spans={"*": Span(days=7)},
            calendar="statutory",
            escalates_to=("service_manager",),
        ),
    ),
)


async def guard(kernel: Kernel, actor: Actor, record: Any, step: Step) -> Text | None:
    if step.key == "close" and record.handler_id == actor.id:
        return _("Who handled it may not close it.")
    return None


async def taken(kernel: Kernel, work: Any, record: Any, step: Step, facts: Mapping[str, Any]) -> None:
    told.append((step.key, facts))


FLOW = c.Flow(
    "damage", _("Damage"), "case", DEFINITION,
    due="next_due_at", fixed=frozenset({"assess", "close"}), guard=guard, taken=taken,
)  # fmt: skip
CASE = c.Entity(
    "case",
    "cases",
    Case,
    _("Case"),
    _("Cases"),
    "case",
    (
        c.Field("name", _("Name"), required=True, listed=True, search=True),
        c.Field("level", _("Level"), filter=True, default="normal"),
        c.Field("status", _("State"), read_only=True, filter=True),
        c.Field("handler_id", _("Handler"), reference="staff", filter=True),
        c.Field("cost", _("Cost")),
        c.Field("next_due_at", _("Due"), read_only=True, sort=True, filter=True),
    ),
    service="cases",
)


class Cases:
    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @permitted("case.create")
    async def create(self, access: Access, draft: Any) -> Any:
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            return await writer_of(self._kernel).create(work, access, CASE, draft)

    @permitted("case.change")
    async def change(self, access: Access, id: UUID, draft: Any, version: int | None = None) -> Any:
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            return await writer_of(self._kernel).change(work, access, CASE, id, draft, version)

    @permitted("case.delete")
    async def delete(self, access: Access, id: UUID, reason: str, version: int | None = None) -> None:
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            await writer_of(self._kernel).delete(work, access, CASE, id, reason, version)

    @permitted("case.restore")
    async def restore(self, access: Access, id: UUID) -> Any:
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            return await writer_of(self._kernel).restore(work, access, CASE, id)


@hookimpl
def manifest() -> c.Manifest:
    return c.Manifest("workshop", _("Workshop"), "1.0")


@hookimpl
def register_models() -> Sequence[type[Any]]:
    return [Case]


@hookimpl
def register_permissions() -> Sequence[c.Permission]:
    return [c.Permission("case.close", _("Close cases")), c.Permission("case.pay", _("Pay"))]


@hookimpl
def register_entities() -> Sequence[c.Entity]:
    return [CASE]


@hookimpl
def register_services() -> Sequence[c.Offer]:
    return [c.Offer("cases", Cases)]


@hookimpl
def register_flows() -> Sequence[c.Flow | c.ApprovalKind]:
    limits = {"service_manager": Decimal(5000), "service_advisor": Decimal(500)}
    return [FLOW, c.ApprovalKind("goodwill", _("Goodwill"), "case.pay", limits)]
