"""The ERP stays master of name, mobile and level of its customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from asgiref.sync import sync_to_async

from crm_embedded.directories import HostRecord, Master
from examples.django_erp.stock.models import Customer

LEVELS = {"普通": "normal", "银卡": "silver", "金卡": "gold", "VIP": "vip"}


def _find(asked: Mapping[str, str]) -> Sequence[HostRecord]:
    rows = Customer.objects.all()
    if asked.get("id"):
        rows = rows.filter(pk=asked["id"])
    elif asked.get("mobile"):
        rows = rows.filter(mobile=asked["mobile"])
    else:
        rows = rows.filter(name__contains=asked.get("q", ""))[:20]
    return [
        HostRecord(
            row.number, {"name": row.name, "mobile": row.mobile, "level": LEVELS.get(row.level, "normal")}
        )
        for row in rows
    ]


async def find(_dealership: str, asked: Mapping[str, str]) -> Sequence[HostRecord]:
    """Django's database is asked in a thread."""
    return await sync_to_async(_find, thread_sensitive=False)(asked)


CUSTOMERS = Master("customer", "code", ("name", "mobile", "level"), find)
