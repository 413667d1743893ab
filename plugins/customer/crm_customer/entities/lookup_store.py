"""Look-ups that are more than a filter on a column of the record itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from crm_customer.models import Customer, Phone, PlatePeriod, Purchase, Vehicle
from crm_customer.models.customer import PHONE as PHONE_PURPOSE
from crm_customer.trade import vin
from crm_customer.trade.kinds import PLATE
from crm_kernel.actor import Access
from crm_kernel.contributions import Lookup
from crm_kernel.dal.query import Match
from crm_kernel.dal.scoped import scope_condition
from crm_kernel.errors import Invalid
from crm_kernel.records.blind import Beside
from crm_kernel.records.kinds import DATE, PHONE
from crm_kernel.text import messages

_ = messages("customer")

TAIL = 6
FROM, UNTIL = "bought_on[gte]", "bought_on[lte]"


def by_vin_tail(access: Access, typed: str) -> ColumnElement[bool]:
    """Cars whose VIN ends like this; at least six characters."""
    tail = vin.normalise(typed)
    if len(tail) < TAIL:
        raise Invalid.one("vin", "too_short", _("Give at least the last six characters of the VIN."))
    indexed: ColumnElement[bool] = Vehicle.vin_tail == tail[-TAIL:]
    return indexed if len(tail) == TAIL else and_(indexed, Vehicle.vin.endswith(tail, autoescape=True))


def plate(_access: Access, typed: str) -> str:
    """A plate as it lies in the table."""
    try:
        return str(PLATE.parse(typed))
    except ValueError as fault:
        raise Invalid.one("plate", "plate", PLATE.messages["plate"]) from fault


def through_plate(access: Access, typed: str) -> ColumnElement[bool]:
    """Customers with a car that carries or carried this plate."""
    within = scope_condition(access.scope, access.actor.place, PlatePeriod)
    carriers = select(PlatePeriod.vehicle_id).where(within, PlatePeriod.plate == plate(access, typed))
    return _have_car(access, "plate", Vehicle.id.in_(carriers))


def through_vin(access: Access, typed: str) -> ColumnElement[bool]:
    """Customers with the car of this VIN, whole."""
    return _have_car(access, "vin", Vehicle.vin == vin.normalise(typed))


def through_vin_tail(access: Access, typed: str) -> ColumnElement[bool]:
    """Customers with a car whose VIN ends like this."""
    return _have_car(access, "vin", by_vin_tail(access, typed))


def bought(access: Access, asked: Mapping[str, str]) -> ColumnElement[bool]:
    """Customers with one car bought from the one day on and up to the other."""
    first, last = (_day(asked[name]) if name in asked else None for name in (FROM, UNTIL))

    def within(day: Any) -> ColumnElement[bool]:
        return and_(true() if first is None else day >= first, true() if last is None else day <= last)

    # A car's own day of purchase tells as much as a purchase: old systems often know nothing else.
    return or_(
        _have_car(access, "purchased_on", within(Vehicle.purchased_on)),
        _have_bought(access, "bought_on", within(Purchase.bought_on)),
    )


def by_order_number(access: Access, typed: str) -> ColumnElement[bool]:
    """Customers of the purchase with this order or invoice number."""
    number = or_(Purchase.order_number == typed, Purchase.invoice_number == typed)
    return _have_bought(access, "order_number", number)


def _have_car(access: Access, field: str, which: ColumnElement[bool]) -> ColumnElement[bool]:
    return _refer(access, "vehicle", field, Vehicle, which)


def _have_bought(access: Access, field: str, which: ColumnElement[bool]) -> ColumnElement[bool]:
    return _refer(access, "purchase", field, Purchase, which)


def _refer(
    access: Access, entity: str, field: str, model: type[Vehicle] | type[Purchase], which: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Customers to whom such a record belongs; who may not see it, or the field, learns nothing from it."""
    actor = access.actor
    closed = {f"{entity}.{field}", f"{entity}.customer_id"} & actor.grants.hidden
    if closed or not actor.may(f"{entity}.view"):
        return false()
    within = scope_condition(actor.access(f"{entity}.view").scope, actor.place, model)
    theirs: Select[Any] = select(model.customer_id).where(within, model.deleted_at.is_(None), which)
    return Customer.id.in_(theirs)


def _day(typed: str) -> date:
    try:
        day = DATE.parse(typed)
    except ValueError as fault:
        raise Invalid.one("bought_on", "date", DATE.messages["date"]) from fault
    return date.fromisoformat(str(day))


Condition = Callable[[Access, str], ColumnElement[bool]]
_VIN, _BOUGHT = _("VIN of a car"), _("Bought a car")

CUSTOMER: dict[str, Beside | Lookup] = {
    "mobile": Beside(Phone.customer_id, Phone.number_bi, PHONE_PURPOSE, PHONE),
    "plate": Lookup(_("Plate of a car"), through_plate),
    "vin": Lookup(_VIN, through_vin),
    "vin[endswith]": Lookup(_VIN, through_vin_tail),
    FROM: Lookup(_BOUGHT, bought, "date", joined="bought_on"),
    UNTIL: Lookup(_BOUGHT, bought, "date", joined="bought_on"),
    "order_number": Lookup(_("Order or invoice number"), by_order_number),
}
VEHICLE: dict[str, Condition | Match] = {
    "vin[endswith]": by_vin_tail,
    "plate": Match(PlatePeriod.plate, plate, beside=PlatePeriod.vehicle_id),
}
