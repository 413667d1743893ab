"""What the ERP gives to Forecourt: its customers, and its looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crm_embedded.directories import HostRecord, Master
from crm_embedded.look import Look
from examples.sqlite_store import Store

LEVELS = {"普通": "normal", "银卡": "silver", "金卡": "gold", "VIP": "vip"}


def mirror(store: Store) -> Master:
    """The ERP stays master of name, mobile and level of its customers."""

    async def find(_dealership: str, asked: Mapping[str, str]) -> Sequence[HostRecord]:
        number = asked.get("id")
        words = asked.get("mobile") or asked.get("q") or ""
        rows = [store.customer(number)] if number else store.customers(words) if words else []
        return [
            HostRecord(
                row["number"],
                {"name": row["name"], "mobile": row["mobile"], "level": LEVELS.get(row["level"], "normal")},
            )
            for row in rows
            if row is not None
        ]

    return Master("customer", "code", ("name", "mobile", "level"), find)


def look() -> Look:
    """Forecourt's pages in the ERP's colours."""
    return Look(
        brand="远航 ERP",
        variables={
            "--crm-accent": "light-dark(#0a6b52, #6fd3b4)",
            "--crm-accent-fill": "light-dark(#0b7a5d, #12805f)",
            "--crm-accent-soft": "light-dark(#e2f3ee, #173a30)",
            "--crm-focus": "light-dark(#0b7a5d, #6fd3b4)",
        },
    )
