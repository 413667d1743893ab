"""Orders, invoices and payments come from other systems; invoices and payments are only looked at here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crm_customer.models import Customer, Invoice, Payment, Purchase
from crm_customer.panels.record import invoices, payments
from crm_kernel.actor import Actor
from crm_kernel.dal.scoped import scoped
from crm_kernel.errors import Forbidden
from crm_kernel.kernel import Kernel

PERSON = {"external_id": "C-1", "name": "张伟", "status": "prospect"}
BILL = {
    "external_id": "F-1",
    "number": "FP1",
    "customer_id": "C-1",
    "issued_on": "2026-11-01",
    "amount": "1280.50",
    "status": "open",
}
MONEY = {"external_id": "S-1", "number": "SK1", "customer_id": "C-1", "invoice_id": "F-1", "amount": 1280.5}


async def push(kernel: Kernel, actor: Actor, kind: str, *rows: dict[str, Any]) -> Any:
    return await kernel.service("sync").push(actor, kind, list(rows), source="finance")


async def first(kernel: Kernel, admin: Actor, permission: str, model: Any) -> Any:
    return await kernel.db.first(scoped(admin.access(permission), model))


async def test_bills_and_payments_are_mirrored_and_shown_on_the_customers_page(
    kernel: Kernel, admin: Actor
) -> None:
    await push(kernel, admin, "customers", PERSON)
    await push(kernel, admin, "invoices", BILL)
    await push(kernel, admin, "payments", {**MONEY, "paid_on": "2026-11-03", "method": "card"})
    paid = await push(kernel, admin, "invoices", {"external_id": "F-1", "status": "paid"})
    assert [one.result for one in paid.outcomes] == ["changed"]
    bill = await first(kernel, admin, "invoice.view", Invoice)
    money = await first(kernel, admin, "payment.view", Payment)
    assert (bill.amount, bill.currency, bill.status, money.invoice_id) == (
        Decimal("1280.50"),
        "CNY",
        "paid",
        bill.id,
    )
    customer = await kernel.service("records").get(admin, "customer", bill.customer_id)
    for panel, label in ((invoices, "FP1"), (payments, "SK1")):
        (line,) = (await panel(kernel, admin, customer)).values["items"]
        assert line["label"] == label


async def test_nobody_changes_a_mirror_here_not_even_the_super_administrator(
    kernel: Kernel, admin: Actor
) -> None:
    await push(kernel, admin, "customers", PERSON)
    batch = await push(kernel, admin, "invoices", BILL)
    records, bill = kernel.service("records"), batch.outcomes[0].record_id
    with pytest.raises(Forbidden):
        await records.create(admin, "invoice", {"number": "X"})
    with pytest.raises(Forbidden):
        await records.change(admin, "invoice", bill, {"number": "X"})
    with pytest.raises(Forbidden):
        await records.delete(admin, "invoice", bill, "weg")
    verbs = {name.rpartition(".")[2] for name in kernel.registry.permissions if name.startswith("invoice.")}
    assert verbs == {"view", "history", "print", "reveal", "export"}


async def test_whoever_bought_is_a_customer(kernel: Kernel, admin: Actor) -> None:
    await push(kernel, admin, "customers", PERSON)
    await push(kernel, admin, "vehicles", {"external_id": "V-1", "vin": "LGXCE4CB9P0123456"})
    order = {
        "external_id": "O-1",
        "customer_id": "C-1",
        "vehicle_id": "V-1",
        "bought_on": "2026-10-01",
        "amount": "189800",
    }
    assert [one.result for one in (await push(kernel, admin, "orders", order)).outcomes] == ["created"]
    assert [one.result for one in (await push(kernel, admin, "orders", order)).outcomes] == ["unchanged"]
    buyer = await first(kernel, admin, "customer.view", Customer)
    bought = await first(kernel, admin, "purchase.view", Purchase)
    assert (buyer.status, bought.bought_on) == ("customer", date(2026, 10, 1))
