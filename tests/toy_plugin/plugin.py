"""Declares; every hook of the kernel is used here once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from crm_kernel import Kernel, Scope, hookimpl, messages
from crm_kernel import contributions as c
from crm_kernel.actor import Access, Actor
from crm_kernel.flow.definition import Definition, State, Step
from crm_kernel.mail.message import MailMessage
from crm_kernel.web.parameters import CurrentActor
from tests.toy_plugin.models import LoanCar
from tests.toy_plugin.service import CustomerFinder, Lent, LoanDesk

_ = messages("toy")
running: list[str] = []
"""What `startup` and `shutdown` did, for the tests to see."""


@hookimpl
def manifest() -> c.Manifest:
    return c.Manifest("toy", _("Loan cars"), "1.0", requires=("customer",))


@hookimpl
def register_settings() -> Sequence[c.Setting]:
    return [c.Setting("CRM_TOY_DAYS", _("Days a loan may last"), default="3")]


@hookimpl
def register_models() -> Sequence[type[Any]]:
    return [LoanCar]


@hookimpl
def register_migrations() -> c.Migrations:
    return c.Migrations("tests.toy_plugin.migrations")


@hookimpl
def register_permissions() -> Sequence[c.Permission]:
    return [c.Permission("toy.lend", _("Lend loan cars"))]


@hookimpl
def register_roles() -> Sequence[c.RoleGrant]:
    return [c.RoleGrant("service_advisor", "toy.lend", Scope.DEALERSHIP)]


@hookimpl
def register_services() -> Sequence[c.Offer | c.Ask]:
    return [c.Offer("toy.desk", LoanDesk), c.Ask("customer.directory", CustomerFinder, required=True)]


@hookimpl
def register_entities() -> Sequence[c.Entity]:
    fields = (
        c.Field("code", _("Number"), required=True, listed=True, sort=True, filter=True, aliases=("编号",)),
        c.Field("name", _("Car"), required=True, listed=True, search=True, filter=True, aliases=("车型",)),
        c.Field("state", _("State"), choices="loan_state", listed=True, filter=True, default="free"),
        c.Field("customer_id", _("Customer"), reference="customer", filter=True, importable=False),
    )
    return [
        c.Entity(
            "loan_car", "loan-cars", LoanCar, _("Loan car"), _("Loan cars"), "loan_car", fields, key=("code",)
        )
    ]


@hookimpl
def register_routes(kernel: Kernel) -> Sequence[Any]:
    from litestar import get

    @get("/loan-cars/out", opt={"permission": "toy.lend"})
    async def out(actor: CurrentActor) -> dict[str, int]:
        return {"out": await kernel.service("toy.desk").out(actor)}

    return [out]


@hookimpl
def register_pages(kernel: Kernel) -> Sequence[Any]:
    from litestar import get
    from litestar.enums import MediaType

    @get("/loan-desk", opt={"permission": "toy.lend"}, media_type=MediaType.HTML)
    async def desk(actor: CurrentActor) -> str:
        shown = f"<title>Loan desk</title><main><h1>{await kernel.service('toy.desk').out(actor)}</h1></main>"
        return f"<!doctype html><html lang=en>{shown}</html>"

    return [desk]


async def _out(kernel: Kernel, actor: Actor) -> int:
    return int(await kernel.service("toy.desk").out(actor))


@hookimpl
def register_menu() -> Sequence[c.MenuItem]:
    return [c.MenuItem(_("Loan cars"), "/loan-cars", "toy.lend", "car", badge=_out)]


@hookimpl
def register_slots() -> Sequence[c.Slot]:
    return [c.Slot("loan_car.record", _("Beside a loan car"))]


async def _panel(kernel: Kernel, actor: Actor, subject: Any) -> c.PanelContent:
    return c.PanelContent("toy/panel.html", {"out": await _out(kernel, actor)})


@hookimpl
def register_panels() -> Sequence[c.Panel]:
    return [c.Panel("customer.record", "toy.loans", _("Loan cars"), "toy.lend", _panel)]


@hookimpl
def register_events() -> Sequence[c.EventType]:
    return [c.EventType("toy.lent", Lent, lambda: Lent(UUID(int=1), UUID(int=2)))]


async def _hear(kernel: Kernel, payload: Lent, event: Any) -> None:
    kernel.service("toy.desk").heard.append(payload.car_id)


@hookimpl
def register_subscriptions() -> Sequence[c.Subscription]:
    return [c.Subscription("toy.hears_itself", "toy.lent", Lent, _hear)]


async def _count(kernel: Kernel, **_arguments: Any) -> int:
    running.append("job")
    return len(running)


@hookimpl
def register_jobs() -> Sequence[c.Job]:
    return [c.Job("toy.count", _count, _("Count loan cars"), every=timedelta(hours=1))]


@hookimpl
def register_dictionaries() -> Sequence[c.Dictionary]:
    entries = (c.DictionaryEntry("free", _("free")), c.DictionaryEntry("out", _("out")))
    return [c.Dictionary("loan_state", _("States of loan cars"), entries)]


@hookimpl
def register_flows() -> Sequence[c.Flow | c.ApprovalKind]:
    home, away = State("free", _("free")), State("out", _("out"), final=True)
    back = Step("return", _("Take back"), ("out",), "free", "toy.lend")
    lend = Step("lend", _("Lend"), ("free",), "out", "toy.lend")
    definition = Definition("free", (home, away), (lend, back))
    return [
        c.Flow("loan", _("Loan"), "loan_car", definition, state="state"),
        c.ApprovalKind("loan_deposit", _("Deposit waived"), "toy.lend"),
    ]


async def _open(kernel: Kernel, access: Access, record_id: Any) -> Sequence[c.OpenBusiness]:
    from crm_kernel.dal.scoped import scoped

    mine = scoped(access, LoanCar).where(LoanCar.customer_id == record_id, LoanCar.state == "out")
    found = await kernel.db.rows(mine)
    return [c.OpenBusiness(_("Loan cars out"), len(found), "/loan-cars")] if found else []


@hookimpl
def register_blockers() -> Sequence[c.Blocker]:
    return [c.Blocker("customer", _open)]


@hookimpl
def register_links() -> Sequence[c.Link]:
    return [c.Link("customer", LoanCar, "customer_id")]


@hookimpl
def register_notifications() -> Sequence[c.NotificationType]:
    return [c.NotificationType("toy.overdue", _("A loan car is overdue"))]


@hookimpl
def register_search() -> Sequence[c.SearchAction]:
    words = ("代步车",)
    return [c.SearchAction(_("Lend a car"), "/loan-desk", "toy.lend", keywords=words, entity="loan_car")]


async def _now_out(kernel: Kernel, access: Access, _asked: c.Asked) -> Sequence[c.ReportRow]:
    count = await kernel.service("toy.desk").out(access.actor)
    return [c.ReportRow(_("out"), {"cars": count}, {"cars": (("state", "out"),)})]


@hookimpl
def register_reports() -> Sequence[c.Report]:
    cars = (c.Measure("cars", _("Loan cars")),)
    shared = {"entity": "loan_car", "measures": cars, "page": "toy"}
    by_state = c.Report("toy.by_state", _("Loan cars by state"), "toy.lend", by="state", **shared)
    return [by_state, c.Report("toy.out", _("Loan cars out"), "toy.lend", _now_out, "table", **shared)]


async def _about(kernel: Kernel, actor: Actor, car: Any) -> Sequence[c.DossierPart]:
    return [c.DossierPart(pairs=((_("Cars out"), str(await _out(kernel, actor))),))]


@hookimpl
def register_dossiers() -> Sequence[c.DossierSection]:
    return [c.DossierSection("loan_car", "toy.loans", _("Loans"), "toy.lend", _about)]


def _importer(kernel: Kernel) -> Any:
    from crm_kernel.records.imports.importer import EntityImporter

    return EntityImporter(kernel, kernel.registry.entity("loan_car"))


@hookimpl
def register_importers() -> Sequence[c.Importer]:
    return [c.Importer("loan_cars", "loan_car", _importer)]


@hookimpl
def register_sync_kinds() -> Sequence[c.SyncKind]:
    return [c.SyncKind("loan_cars", _("Loan cars"), "loan_car")]


async def _lend_by_mail(kernel: Kernel, actor: Actor, mail: MailMessage) -> UUID:
    made = await kernel.service("records").create(
        actor, "loan_car", {"code": mail.subject, "name": mail.sender_name}
    )
    return made.id


async def _named_in(kernel: Kernel, actor: Actor, mail: MailMessage) -> UUID | None:
    return None


async def _note_mail(kernel: Kernel, actor: Actor, car: UUID, mail: MailMessage) -> None:
    await kernel.service("records").change(actor, "loan_car", car, {"name": mail.text})


@hookimpl
def register_mail_takers() -> Sequence[c.MailTaker]:
    return [c.MailTaker("toy.loans", "loan_car", _("Loan cars"), _lend_by_mail, _named_in, _note_mail)]


async def _export(kernel: Kernel, access: Access, customer_id: Any) -> Mapping[str, Any]:
    return {"loans": len(await _open(kernel, access, customer_id))}


async def _erase(kernel: Kernel, access: Access, customer_id: Any) -> int:
    return 0


@hookimpl
def register_personal_data() -> Sequence[c.PersonalData]:
    return [c.PersonalData("toy.loans", _export, _erase)]


async def _say(kernel: Kernel, actor: Actor, arguments: Any) -> int:
    print(await kernel.service("toy.desk").out(actor))
    return 0


@hookimpl
def register_commands() -> Sequence[c.Command]:
    return [c.Command("loans", _("Say how many loan cars are out"), _say)]


async def _demo(kernel: Kernel, actor: Actor) -> None:
    await kernel.service("records").create(actor, "loan_car", {"code": "L1", "name": "高尔夫"})


@hookimpl
def register_demo_data() -> Sequence[c.DemoData]:
    return [c.DemoData("toy", _demo)]


@hookimpl
def actor_from_connection(kernel: Kernel) -> Any:
    async def recognise(scope: Any) -> Actor | None:
        headers = dict(scope["headers"])
        login = headers.get(b"x-toy-user")
        return (
            kernel.service("toy.guests").get(login.decode())
            if login and kernel.offers("toy.guests")
            else None
        )

    return recognise


@hookimpl
async def startup(kernel: Kernel) -> None:
    running.append("startup")


@hookimpl
async def shutdown(kernel: Kernel) -> None:
    running.append("shutdown")
