"""The vehicle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_customer.entities import lookup_store
from crm_customer.entities.heads import VEHICLE as HEADS
from crm_customer.models import Vehicle
from crm_customer.schemas.vehicle import VehicleChange, VehicleCreate
from crm_customer.trade.kinds import MILEAGE, PEOPLE, PLATE, PLATES, VIN, YEAR
from crm_customer.trade.makers import maker
from crm_customer.trade.titles import vehicle_title
from crm_kernel.contributions import Entity, Field, Title
from crm_kernel.i18n import current_locale
from crm_kernel.records.kinds import LONG_TEXT
from crm_kernel.text import messages

_ = messages("customer")

CAR = _("The car")
OWNER = _("Whose it is")
DATES = _("Dates and mileage")

CHECKS = (
    ("ok", _("Check digit fits")),
    ("wrong", _("Check digit wrong")),
    ("not_applicable", _("Built where no check digit is required")),
)


def _maker(row: Mapping[str, Any]) -> str:
    return maker(row["vin"], current_locale())


VEHICLE = Entity(
    name="vehicle",
    plural="vehicles",
    model=Vehicle,
    label=_("Vehicle"),
    plural_label=_("Vehicles"),
    prefix="vehicle",
    icon="car",
    title="plate",
    called=Title(
        ("plate", "vin", "series"), lambda car: vehicle_title(car["plate"], car["vin"], car["series"])
    ),
    key=("vin",),
    service="customer.vehicles",
    create=VehicleCreate,
    change=VehicleChange,
    lookups=lookup_store.VEHICLE,
    derived={"maker": _maker},
    fields=(
        Field(
            "vin",
            _("VIN"),
            VIN,
            required=True,
            sort=True,
            filter=True,
            search=True,
            listed=True,
            group=CAR,
            aliases=HEADS["vin"],
        ),
        Field(
            "vin_check",
            _("Check digit"),
            options=CHECKS,
            filter=True,
            read_only=True,
            form=False,
            importable=False,
            shown=False,
            group=CAR,
        ),
        Field(
            "vin_reason",
            _("Reason for a wrong check digit"),
            importable=False,
            group=CAR,
            help=_("Needed where the check digit of a car built in China does not fit."),
        ),
        Field(
            "plate",
            _("Plate"),
            PLATE,
            sort=True,
            filter=True,
            search=True,
            listed=True,
            group=CAR,
            aliases=HEADS["plate"],
        ),
        Field(
            "plates",
            _("Plates so far"),
            PLATES,
            form=False,
            read_only=True,
            importable=False,
            shown=False,
            group=CAR,
        ),
        Field("brand", _("Brand"), sort=True, filter=True, listed=True, group=CAR, aliases=HEADS["brand"]),
        Field(
            "series",
            _("Series"),
            filter=True,
            search=True,
            group=CAR,
            aliases=HEADS["series"],
        ),
        Field("model", _("Model"), filter=True, group=CAR, aliases=HEADS["model"]),
        Field(
            "model_year",
            _("Model year"),
            YEAR,
            filter=True,
            form=False,
            read_only=True,
            importable=False,
            shown=False,
            group=CAR,
        ),
        Field(
            "maker",
            _("Maker"),
            form=False,
            read_only=True,
            importable=False,
            export=False,
            shown=False,
            group=CAR,
        ),
        Field("color", _("Color"), filter=True, group=CAR, aliases=HEADS["color"]),
        Field(
            "customer_id",
            _("Customer"),
            reference="customer",
            filter=True,
            listed=True,
            group=OWNER,
            aliases=HEADS["customer_id"],
        ),
        Field(
            "people",
            _("People"),
            PEOPLE,
            form=False,
            read_only=True,
            importable=False,
            personal=True,
            shown=False,
            group=OWNER,
        ),
        Field(
            "purchased_on",
            _("Purchased on"),
            sort=True,
            filter=True,
            listed=True,
            group=DATES,
            aliases=HEADS["purchased_on"],
        ),
        Field(
            "warranty_until",
            _("Warranty until"),
            sort=True,
            filter=True,
            group=DATES,
            aliases=HEADS["warranty_until"],
        ),
        Field(
            "compulsory_until",
            _("Compulsory insurance until"),
            sort=True,
            filter=True,
            group=DATES,
            aliases=HEADS["compulsory_until"],
        ),
        Field(
            "commercial_until",
            _("Commercial insurance until"),
            sort=True,
            filter=True,
            group=DATES,
            aliases=HEADS["commercial_until"],
        ),
        Field(
            "mileage_km",
            _("Mileage"),
            MILEAGE,
            sort=True,
            filter=True,
            listed=True,
            group=DATES,
            aliases=HEADS["mileage_km"],
        ),
        Field("remark", _("Remark"), LONG_TEXT, group=CAR, aliases=HEADS["remark"]),
    ),
)
