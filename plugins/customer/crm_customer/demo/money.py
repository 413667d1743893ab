"""Bills and payments as a finance system would push them: by its own ids, after it said whom it means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from crm_kernel.actor import Actor
from crm_kernel.records.view import RecordView

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

SOURCE = "finance"
DAYS = 300


async def push(
    kernel: Kernel, actor: Actor, chance: Random, today: date, customers: Sequence[RecordView]
) -> None:
    """Some bills for each of these customers, most of them paid."""
    if not kernel.offers("sync"):
        return
    known = [{"external_id": one.get("code"), "code": one.get("code")} for one in customers]
    bills: list[dict[str, Any]] = []
    paid: list[dict[str, Any]] = []
    for one in customers:
        for _time in range(chance.randrange(1, 4)):
            number, issued = f"{len(bills) + 1:05}", today - timedelta(days=chance.randrange(1, DAYS))
            amount = chance.randrange(300, 9000)
            status = chance.choice(("paid", "paid", "paid", "open"))
            bills.append(
                {
                    "external_id": f"F{number}",
                    "number": f"FP{issued:%Y}{number}",
                    "customer_id": one.get("code"),
                    "kind": chance.choice(("service", "service", "parts", "insurance")),
                    "issued_on": issued,
                    "due_on": issued + timedelta(days=30),
                    "amount": amount,
                    "status": status,
                }
            )
            if status == "paid":
                paid.append(
                    {
                        "external_id": f"S{number}",
                        "number": f"SK{issued:%Y}{number}",
                        "customer_id": one.get("code"),
                        "invoice_id": f"F{number}",
                        "paid_on": min(issued + timedelta(days=chance.randrange(0, 20)), today),
                        "amount": amount,
                        "method": chance.choice(("mobile", "mobile", "card", "transfer")),
                    }
                )
    for kind, rows in (("customers", known), ("invoices", bills), ("payments", paid)):
        await kernel.service("sync").push(actor, kind, rows, source=SOURCE)
