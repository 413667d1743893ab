"""Dialogs for what forms cannot say: a plate moves, somebody drives, a reading, a consent taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get, post

from crm_customer.errors import checked
from crm_customer.trade.kinds import MILEAGE, PLATE
from crm_kernel.actor import Actor
from crm_kernel.errors import Conflict, CrmError
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.kinds import DATE
from crm_kernel.records.suspicions import Question, Suspicion
from crm_kernel.text import messages
from crm_kernel.ui.room import AnyRequest, PageRoom
from crm_kernel.ui.sheet import REFUSALS, Sheet, required_id, text_of
from crm_kernel.web.parameters import CurrentActor, RecordId
from crm_kernel.web.router import Router

_ = messages("customer")

OWNER = "owner"
GIVES = _("{car} carries it today and gives it up on that day")
BOTH = _("{car} had it in the same time ({detail}); note it all the same")


def pages(kernel: Kernel) -> Sequence[Router]:
    """The handlers, beside the pages every record has."""
    renderer = kernel.service("pages").renderer
    cars, consents = VehicleDialogs(kernel, renderer), ConsentDialogs(kernel, renderer)
    return [
        Router(
            "/vehicles/{id:uuid}",
            route_handlers=[
                get("/plate")(cars.plate_form),
                post("/plate")(cars.take_plate),
                get("/person")(cars.person_form),
                post("/person")(cars.take_role),
                get("/person/end")(cars.farewell_form),
                post("/person/end")(cars.give_up_role),
                get("/reading")(cars.reading_form),
                post("/reading")(cars.read_odometer),
            ],
            opt={"permission": "vehicle.change"},
            include_in_schema=False,
        ),
        Router(
            "/consents/{id:uuid}",
            route_handlers=[
                get("/withdraw")(consents.withdraw_form),
                post("/withdraw")(consents.withdraw),
            ],
            opt={"permission": "consent.change"},
            include_in_schema=False,
        ),
    ]


class VehicleDialogs(PageRoom):
    """What changes about a car with time."""

    @property
    def vehicles(self) -> Any:
        """The service."""
        return self.kernel.service("customer.vehicles")

    def _today(self, actor: Actor) -> dict[str, str]:
        return {"on": f"{self.kernel.clock.now().astimezone(ZoneInfo(actor.timezone)):%Y-%m-%d}"}

    async def plate_form(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        return self._plate_sheet(request, actor, id, None, None)

    def _plate_sheet(
        self,
        request: AnyRequest,
        actor: Actor,
        id: UUID,
        sent: Any,
        fault: CrmError | None,
        others: Sequence[Suspicion] = (),
    ) -> Response[str]:
        sheet = Sheet(sent, self._today(actor), fault)
        sheet.field("plate", _("New plate"), required=True, extra={"autofocus": True})
        sheet.field("on", _("From the day"), "date", required=True)
        for one in others:
            label = GIVES if isinstance(one, Question) else BOTH
            words = label(car=translate(one.label), detail=one.detail)
            sheet.field(_sure(one), words, "checkbox", required=True, wide=True)
        return self.dialog(request, _("Change the plate"), sheet, f"/vehicles/{id}/plate")

    async def take_plate(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        sent = await request.form()
        others: Sequence[Suspicion] = ()
        try:
            plate, day = checked("plate", PLATE, text_of(sent, "plate")), _day(sent)
            others = await self._elsewhere(actor, id, plate, day)
            if not all(sent.get(_sure(one)) for one in others):
                raise Conflict(_("Another car has to do with this plate. Please confirm."))
            await self.vehicles.take_plate(actor, id, plate, day)
        except REFUSALS as fault:
            return self._plate_sheet(request, actor, id, sent, fault, others)
        return self.done(request, f"/vehicles/{id}", _("The plate is changed."))

    async def _elsewhere(self, actor: Actor, id: UUID, plate: str, day: date | None) -> Sequence[Suspicion]:
        """Other cars that carry the plate then."""
        if not actor.may("vehicle.view"):
            return []
        values = {"plate": plate, "plate_since": day}
        found: Sequence[Suspicion] = await self.kernel.service("vehicle.duplicates").suspects(
            actor, values, but=id
        )
        return found

    async def person_form(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        return await self._person_sheet(request, actor, id, None, None)

    async def _person_sheet(
        self, request: AnyRequest, actor: Actor, id: UUID, sent: Any, fault: CrmError | None
    ) -> Response[str]:
        sheet = Sheet(sent, self._today(actor) | {"role": "driver"}, fault)
        chosen = [(sheet.value("customer_id"), await self._name(actor, sheet.value("customer_id")))]
        sheet.field(
            "customer_id",
            _("Customer"),
            "combobox",
            options=[pair for pair in chosen if pair[0]],
            required=True,
            lookup_url=self.url("/lookup/customer"),
        )
        roles = await self.kernel.service("dictionaries").entries(actor, "customer.vehicle_role")
        options = [(role.code, role.label) for role in roles if role.code != OWNER]
        sheet.field("role", _("What he does"), "select", options=options, required=True)
        sheet.field("on", _("From the day"), "date", required=True)
        return self.dialog(
            request, _("Somebody with this car"), sheet, f"/vehicles/{id}/person", save_label=_("Add")
        )

    async def _name(self, actor: Actor, raw: str) -> str:
        try:
            card = await self.kernel.service("customer.directory").card(actor, UUID(raw)) if raw else None
        except ValueError:
            return ""
        return card.name if card is not None else ""

    async def take_role(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        sent = await request.form()
        try:
            customer = required_id(sent, "customer_id")
            await self.vehicles.take_role(actor, id, customer, text_of(sent, "role"), _day(sent))
        except REFUSALS as fault:
            return await self._person_sheet(request, actor, id, sent, fault)
        return self.done(request, f"/vehicles/{id}", _("Saved."))

    async def farewell_form(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        return await self._farewell_sheet(request, actor, id, request.query_params, None)

    async def _farewell_sheet(
        self, request: AnyRequest, actor: Actor, id: UUID, sent: Any, fault: CrmError | None
    ) -> Response[str]:
        sheet = Sheet(sent if fault else None, self._today(actor), fault)
        sheet.field("on", _("Until the day"), "date", required=True)
        who, role = text_of(sent, "customer_id"), text_of(sent, "role")
        return self.dialog(
            request,
            _("{name} no longer has to do with this car")(name=await self._name(actor, who)),
            sheet,
            f"/vehicles/{id}/person/end?customer_id={who}&role={role}",
        )

    async def give_up_role(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        sent = {**request.query_params, **await request.form()}
        try:
            customer = required_id(sent, "customer_id")
            await self.vehicles.give_up_role(actor, id, customer, text_of(sent, "role"), _day(sent))
        except REFUSALS as fault:
            return await self._farewell_sheet(request, actor, id, sent, fault)
        return self.done(request, f"/vehicles/{id}", _("Saved."))

    async def reading_form(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        return self._reading_sheet(request, actor, id, None, None)

    def _reading_sheet(
        self, request: AnyRequest, actor: Actor, id: UUID, sent: Any, fault: CrmError | None
    ) -> Response[str]:
        sheet = Sheet(sent, self._today(actor), fault)
        extra = {"autofocus": True, "inputmode": "numeric"}
        sheet.field("mileage_km", _("Mileage in km"), required=True, extra=extra)
        sheet.field("on", _("Read on"), "date", required=True)
        return self.dialog(request, _("Odometer reading"), sheet, f"/vehicles/{id}/reading")

    async def read_odometer(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        sent = await request.form()
        try:
            km = int(checked("mileage_km", MILEAGE, text_of(sent, "mileage_km")))
            await self.vehicles.read_odometer(actor, id, km, _day(sent))
        except REFUSALS as fault:
            return self._reading_sheet(request, actor, id, sent, fault)
        return self.done(request, f"/vehicles/{id}", _("The reading is noted."))


class ConsentDialogs(PageRoom):
    """A consent taken back."""

    async def withdraw_form(self, request: AnyRequest, id: RecordId) -> Response[str]:
        return self._sheet(request, id, None, None)

    def _sheet(self, request: AnyRequest, id: UUID, sent: Any, fault: CrmError | None) -> Response[str]:
        sheet = Sheet(sent, None, fault)
        hint = _("By telephone, in writing, at the counter; it is kept as proof.")
        extra = {"autofocus": True}
        sheet.field("withdrawal", _("How he said so"), "textarea", required=True, hint=hint, extra=extra)
        text = _("From now on he is not approached in this way.")
        title, label = _("Withdraw the consent"), _("Withdraw")
        return self.dialog(request, title, sheet, f"/consents/{id}/withdraw", save_label=label, text=text)

    async def withdraw(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        sent = await request.form()
        try:
            consent = await self.kernel.service("customer.consents").withdraw(
                actor, id, text_of(sent, "withdrawal")
            )
        except REFUSALS as fault:
            return self._sheet(request, id, sent, fault)
        return self.done(request, f"/customers/{consent.customer_id}", _("The consent is withdrawn."))


def _sure(one: Suspicion) -> str:
    """The switch that confirms what is said of one car, and of no other."""
    return f"sure.{one.code}.{one.id}"


def _day(sent: Any) -> date | None:
    """The day that was chosen; none means today."""
    typed = text_of(sent, "on")
    return date.fromisoformat(checked("on", DATE, typed)) if typed else None
