"""Takes complaints down and leads them on, each step at its time and by whoever would have taken it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_complaint.demo.cases import Case, one_of
from crm_complaint.demo.grievances import SCREEN, SUGGESTIONS, Grievance
from crm_complaint.demo.people import People
from crm_complaint.entities.complaint import COMPENSATION
from crm_kernel.actor import Actor
from crm_kernel.dal.query import Condition, Query
from crm_kernel.dal.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

GREEN = 8
"""So many characters has the plate of a new-energy vehicle."""
ASKED_AT_THE_DESK = frozenset({"assign", "follow_up", "satisfied", "unsatisfied"})


class Desk:
    """Where the complaints of the demo dealership are taken down and handled."""

    def __init__(
        self, kernel: Kernel, work: UnitOfWork, actor: Actor, chance: Random, people: People
    ) -> None:
        self._kernel = kernel
        self._work = work
        self._actor = actor
        self._chance = chance
        self.people = people
        self._cars: list[Any] = []
        self._electric: list[Any] = []

    async def look_round(self) -> None:
        """Whose cars there are to complain about."""
        if self._kernel.registry.entity("vehicle") is None:
            return
        listed = self._kernel.service("records").list
        self._cars = list((await listed(self._actor, "vehicles", Query(limit=100))).items)
        self._electric = [car for car in self._cars if len(car.get("plate") or "") == GREEN]

    async def lead(self, case: Case) -> None:
        """Take it down, and lead it as far as it has come."""
        chance, grievance = self._chance, case.grievance
        clerk, handler = chance.choice(self.people.clerks), chance.choice(self.people.handlers)
        draft: dict[str, Any] = {
            "subject": grievance.subject,
            "description": grievance.told,
            "level": case.level,
            "channel": case.channel,
            "complaint_type": grievance.type,
            "problem_type": grievance.problem,
            "attitude": one_of(chance, (("calm", 5), ("upset", 4), ("angry", 2))),
            "received_at": case.received_at,
            "mobile": f"1390571{chance.randrange(10_000):04}",
            **await self._whose(grievance),
        }
        self._work.now = case.received_at
        made = await self._kernel.service("records").create(clerk, "complaint", draft)
        for step, moment in case.steps:
            self._work.now = moment
            await self._step(UUID(str(made.id)), grievance, step, clerk, handler)

    async def _whose(self, grievance: Grievance) -> dict[str, str]:
        """A car it could be about, and who drives it."""
        cars = (self._electric if grievance.electric else self._cars) or self._cars
        if not cars:
            return {}
        car = self._chance.choice(cars)
        owner = None
        if car.customer_id and self._kernel.offers("customer.directory"):
            owner = await self._kernel.service("customer.directory").card(self._actor, car.customer_id)
        return {
            "vehicle_id": str(car.id),
            "customer_id": str(car.customer_id or ""),
            "contact": owner.name if owner else "",
        }

    async def _step(self, case: UUID, grievance: Grievance, step: str, clerk: Actor, handler: Actor) -> None:
        chance, by = self._chance, handler
        if step in ASKED_AT_THE_DESK:
            by = clerk
        elif step == "force_close":
            by = self.people.manager
        flows: Any = self._kernel.service("flows")
        await flows.step(by, "complaint", case, step, _said(grievance, step, handler, chance))
        if step == "carry_out" and chance.random() < 0.2:
            amount = Decimal(chance.choice((100, 150, 200)))
            approvals: Any = self._kernel.service("approvals")
            await approvals.ask(handler, "complaint", case, COMPENSATION, amount, "多次往返，补偿交通费")

    async def learn(self, now: datetime) -> None:
        """The recurring problem behind several cases, and what customers suggest."""
        records, actor = self._kernel.service("records"), self._actor
        self._work.now = now
        today = now.astimezone(ZoneInfo(actor.timezone)).date()
        draft = {
            "name": "系统升级后中控屏黑屏",
            "problem_type": SCREEN.problem,
            "cause": "新版本偶发重启，厂家已确认。",
            "measure": "暂停该版本升级，逐台回退，每周与厂家技术部核对进展。",
            "state": "measure",
            "due_on": (today + timedelta(days=10)).isoformat(),
        }
        problem = await records.create(actor, "problem", draft)
        query = Query((Condition("problem_type", "eq", SCREEN.problem),), limit=50)
        for case in (await records.list(actor, "complaint", query)).items:
            await records.change(actor, "complaint", UUID(str(case.id)), {"problem_id": str(problem.id)})
        for subject, category, text, answer, adoption, days in SUGGESTIONS:
            told = {"subject": subject, "category": category, "text": text, "answer": answer}
            self._work.now = now - timedelta(days=days)
            await records.create(actor, "suggestion", {**told, "adoption": adoption})


def _said(grievance: Grievance, step: str, handler: Actor, chance: Random) -> dict[str, Any]:
    """The facts of a step."""
    cost = {"cost": str(grievance.cost)} if grievance.cost else {}
    said: dict[str, dict[str, Any]] = {
        "assign": {"handler": str(handler.id)},
        "investigate": {"finding": grievance.finding, "cause": grievance.cause},
        "await_customer": {"what": "客户确认到店时间"},
        "propose": {"solution": grievance.solution, **cost},
        "reject": {"reason": "检测结果符合厂家标准"},
        "explain": {"explanation": "当面出示检测结果，客户表示理解"},
        "agree": {"agreement": "客户同意，约好到店时间"},
        "carry_out": {"done": f"已完成：{grievance.solution}", **cost},
        "follow_up": {"said": "电话回访，客户说明目前情况"},
        "satisfied": {"score": chance.choice(("7", "8", "9", "9", "10"))},
        "unsatisfied": {"reason": "问题仍偶尔出现"},
        "force_close": {"reason": "三次联系未果，客户已将车辆转让"},
    }
    return said.get(step, {})
