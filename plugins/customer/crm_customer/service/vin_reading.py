"""What the VIN of a record says, as far as its reader may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crm_customer.trade.reading import VinReading, read
from crm_customer.trade.vin import is_legal
from crm_kernel.actor import Actor
from crm_kernel.records.view import RecordView

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel


def vin_reading(kernel: Kernel, actor: Actor, vehicle: RecordView) -> VinReading | None:
    """Read the VIN of a vehicle; None where the actor does not see it or it is no legal one."""
    number = vehicle.get("vin")
    if not number or not is_legal(number):
        return None
    today = kernel.clock.now().astimezone(ZoneInfo(actor.timezone)).date()
    return read(number, vehicle.get("purchased_on") or None, today, actor.locale)
