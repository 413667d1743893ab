"""A small module that tells of cars sold, and others that listen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import msgspec

from crm_kernel.contributions import EventType, Manifest, Subscription
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages

_ = messages("sales")


class CarSold(msgspec.Struct):
    vin: str
    price: str


class JustTheVin(msgspec.Struct):
    vin: str


def sales_module(*listeners: Subscription) -> Any:
    """A plugin that publishes `sales.car_sold` and has these listeners."""

    @hookimpl
    def manifest() -> Manifest:
        return Manifest("sales", _("Sales"), "1")

    @hookimpl
    def register_events() -> list[EventType]:
        return [EventType("sales.car_sold", CarSold, lambda: CarSold("LSVAU2180N2183294", "128000.00"))]

    @hookimpl
    def register_subscriptions() -> list[Subscription]:
        return list(listeners)

    return SimpleNamespace(
        __name__="sales",
        manifest=manifest,
        register_events=register_events,
        register_subscriptions=register_subscriptions,
    )


def listener(name: str, handler: Callable[[Any, Any, Any], Awaitable[None]]) -> Subscription:
    """Hears of each car sold, and wants to know the VIN only."""
    return Subscription(name, "sales.car_sold", JustTheVin, handler)


async def sell(kernel: Any, *vins: str, record_id: Any = None) -> None:
    """Tell of cars sold, in one transaction."""
    async with kernel.db.work(None) as work:
        for vin in vins:
            kernel.events.emit(
                work, "sales.car_sold", CarSold(vin, "1.00"), entity="order", record_id=record_id
            )
