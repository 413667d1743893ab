"""Three hundred customers and what happened with them: a dealer system's export, and the work done since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_customer.demo import money
from crm_customer.demo.files import Export
from crm_customer.demo.past_store import backdate
from crm_customer.demo.people import somebody
from crm_customer.demo.views import keep_views
from crm_customer.repository.staff import names_at, staff_by_name
from crm_kernel.actor import Actor
from crm_kernel.dal.query import Query
from crm_kernel.records.kinds import Money
from crm_kernel.records.notes.view import NoteDraft
from crm_kernel.records.tasks.view import TaskDraft
from crm_kernel.records.view import RecordView

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

SEED = 20_261_122
PAGE = 200
BATCH = 30
"""So many are told in one transaction."""
CONSULTANTS = ("赵顾问", "李顾问", "张顾问", "王顾问")
INSURERS = ("人保财险", "平安产险", "太平洋产险", "国寿财险")
ADVISORS = ("陈顾问", "周顾问", "吴顾问")
TAGS = {
    "老客户": "green",
    "转介绍达人": "purple",
    "价格敏感": "orange",
    "置换意向": "blue",
    "重点关怀": "red",
}
TALKS = (
    ("call", "reached", "电话回访：车辆使用正常，对上次保养满意。"),
    ("call", "reached", "提醒保养，客户表示下周有空再约。"),
    ("call", "reached", "询问续保报价，已发微信。"),
    ("call", "not_reached", "续保邀约，无人接听，改日再拨。"),
    ("call", "reached", "客户咨询置换政策，对新能源车感兴趣。"),
    ("visit", "", "来店看车，试驾后表示要和家人商量。"),
    ("visit", "", "到店洗车，顺带了解保养套餐，已介绍双保优惠。"),
    ("note", "", "客户不喜欢周一上午接电话，建议傍晚联系。"),
    ("note", "", "家中准备添第二台车，明年上半年预算 20 万左右。"),
)
ERRANDS = ("回访新车使用情况", "发送续保报价", "预约首保", "确认置换评估时间", "寄送发票", "跟进试驾后意向")


@dataclass(slots=True)
class Shop:
    """What the tellers below share."""

    kernel: Kernel
    actor: Actor
    chance: Random
    today: date
    staff: dict[str, UUID]

    def service(self, name: str) -> Any:
        return self.kernel.service(name)


async def fill(kernel: Kernel, actor: Actor) -> None:
    """Import the export, then tell the rest through the services, like any other work."""
    today = kernel.clock.now().astimezone(ZoneInfo(actor.timezone)).date()
    here = actor.dealership_id
    staff = await staff_by_name(kernel.db, here) or {actor.name: actor.id}
    shop = Shop(kernel, actor, Random(SEED), today, staff)
    sellers = await names_at(kernel.db, here, "销售顾问") or [*staff, *CONSULTANTS]
    advisors = await names_at(kernel.db, here, "服务顾问") or ADVISORS
    with TemporaryDirectory() as folder:
        for kind, path in Export(shop.chance, today, sellers, advisors).write(Path(folder)):
            await shop.service("imports").import_file(actor, kind, path)
    customers = await _everything(shop, "customers")
    cars = await _everything(shop, "vehicles")
    for name, color in TAGS.items():
        await shop.service("tags").save(actor, name, color=color)
    batches: tuple[tuple[Any, list[Any]], ...] = (
        (_papers, shop.chance.sample(cars, 90)),
        (_ties, [(one, shop.chance.choice(customers)) for one in shop.chance.sample(customers, 90)]),
        (_moves, [(one, shop.chance.choice(customers)) for one in shop.chance.sample(cars, 24)]),
    )
    for told, some in batches:
        for start in range(0, len(some), BATCH):
            async with kernel.db.work(actor, now=kernel.clock.now()):
                for one in some[start : start + BATCH]:
                    await told(shop, one)
    for customer in shop.chance.sample(customers, 70):  # each in the name of whoever did it
        await _work(shop, customer)
    await money.push(kernel, actor, shop.chance, today, shop.chance.sample(customers, 80))
    async with kernel.db.work(actor, now=kernel.clock.now()) as work:
        await backdate(work, here)
    await keep_views(kernel, actor)


async def _everything(shop: Shop, plural: str) -> list[RecordView]:
    found: list[RecordView] = []
    query: Query | None = Query(limit=PAGE, sort=("created_at",))
    while query is not None:
        page = await shop.service("records").list(shop.actor, plural, query, typed=True)
        found += page.items
        query = Query(limit=PAGE, sort=query.sort, cursor=page.next) if page.next else None
    return found


async def _papers(shop: Shop, car: RecordView) -> None:
    """The purchase and the running insurance of a car."""
    chance, bought_on = shop.chance, car.get("purchased_on")
    await shop.service("customer.purchases").create(
        shop.actor,
        {
            "customer_id": car.get("customer_id"),
            "vehicle_id": car.id,
            "bought_on": bought_on,
            "amount": Money(Decimal(chance.randrange(90, 320) * 1000), "CNY"),
            "payment": chance.choice(("full", "loan", "loan")),
            "consultant": chance.choice(CONSULTANTS),
            "order_number": f"XS{bought_on:%Y%m%d}{car.get('vin')[-4:]}",
        },
    )
    ends_on = car.get("commercial_until")
    insurer = chance.choice(INSURERS)
    for kind, premium in (("compulsory", 950), ("commercial", chance.randrange(2200, 6800))):
        policy = {
            "vehicle_id": car.id,
            "kind": kind,
            "insurer": insurer,
            "starts_on": ends_on - timedelta(days=365),
            "ends_on": ends_on,
            "amount": Money(Decimal(premium), "CNY"),
        }
        await shop.service("customer.policies").create(shop.actor, policy)


async def _ties(shop: Shop, pair: tuple[RecordView, RecordView]) -> None:
    """Who knows whom, who speaks for a company, and what was agreed to."""
    chance, actor = shop.chance, shop.actor
    customer, other = pair
    company = customer.get("kind") == "company"
    if other.id != customer.id and not company:
        kind = "employer" if other.get("kind") == "company" else chance.choice(("family", "referred_by"))
        tie = {"customer_id": customer.id, "kind": kind, "other_id": other.id}
        await shop.service("customer.relations").create(actor, tie)
    if company:
        person = somebody(chance, shop.today, chance.randrange(5000, 9999))
        contact = {
            "customer_id": customer.id,
            "name": person.name,
            "position": "车辆主管",
            "mobile": person.mobile,
            "main": True,
        }
        await shop.service("records").create(actor, "contact", contact)
    for purpose, channel in (("service", "phone"), ("marketing", "wechat")):
        if chance.random() < 0.7:
            consent = {
                "customer_id": customer.id,
                "purpose": purpose,
                "channel": channel,
                "given_at": shop.kernel.clock.now() - timedelta(days=chance.randrange(1, 900)),
                "proof": "客户信息采集授权书（纸质签字）",
            }
            made = await shop.service("customer.consents").create(actor, consent)
            if purpose == "marketing" and chance.random() < 0.2:
                await shop.service("customer.consents").withdraw(actor, made.id, "来电表示不再接收活动信息")


async def _moves(shop: Shop, pair: tuple[RecordView, RecordView]) -> None:
    """A plate changed some months ago, or somebody else drives."""
    chance, (car, driver) = shop.chance, pair
    since = max(shop.today - timedelta(days=chance.randrange(20, 300)), car.get("purchased_on"))
    vehicles = shop.service("customer.vehicles")
    if chance.random() < 0.5:
        plate = f"浙A{chance.choice('PQRSTUV')}{chance.randrange(1000, 9999)}"
        await vehicles.take_plate(shop.actor, car.id, plate, since)
    elif driver.id != car.get("customer_id"):
        await vehicles.take_role(shop.actor, car.id, driver.id, "driver", since)


async def _work(shop: Shop, customer: RecordView) -> None:
    """Calls and visits of the past year, tags, and what is to be done next."""
    chance, now = shop.chance, shop.kernel.clock.now()
    known = max((shop.today - customer.get("registered_on")).days, 1)
    if chance.random() < 0.6:
        tags = {"tags": chance.sample(sorted(TAGS), chance.choice((1, 1, 2)))}
        await shop.service("customer.customers").change(shop.actor, customer.id, tags)
    for _time in range(chance.randrange(1, 5)):
        kind, outcome, body = chance.choice(TALKS)
        days = chance.randrange(0, min(known, 360))
        happened_at = now - timedelta(days=days, hours=chance.randrange(1, 8), minutes=chance.randrange(60))
        draft = NoteDraft(body=body, kind=kind, outcome=outcome or None, happened_at=happened_at)
        await shop.service("notes").add(await _author(shop, customer), "customer", customer.id, draft)
    if chance.random() < 0.6:
        errand = TaskDraft(
            title=chance.choice(ERRANDS),
            due_at=now + timedelta(days=chance.randrange(-3, 10), hours=chance.randrange(0, 8)),
            assignee_id=chance.choice((shop.actor.id, customer.get("owner_id"))),
            entity="customer",
            record_id=customer.id,
        )
        await shop.service("tasks").add(shop.actor, errand)


async def _author(shop: Shop, customer: RecordView) -> Actor:
    """Whoever looks after the customer, as far as he works here."""
    owner = customer.get("owner_id")
    if owner == shop.actor.id:
        return shop.actor
    found: Actor = await shop.kernel.access.actor(owner, shop.actor.dealership_id, via="cli")
    return found
