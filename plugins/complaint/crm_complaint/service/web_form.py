"""The web form: strangers send complaints to a dealership, as many as people send and no more."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from sqlalchemy.exc import IntegrityError

from crm_complaint import permissions as p
from crm_complaint.models import Posting, WebForm
from crm_complaint.repository.web_forms import WebFormRepository
from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access, Actor
from crm_kernel.errors import FieldError, Invalid, NotFound, TooMany
from crm_kernel.records.kinds import MOBILE
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("complaint")

PER_CLIENT, CLIENT_SPAN = 5, timedelta(minutes=10)
PER_FORM, FORM_SPAN = 120, timedelta(hours=1)
KEPT = timedelta(days=2)
MOST = {"contact": 60, "mobile": 30, "plate": 20, "subject": 100, "description": 4000}
MOST_ANCESTORS = 10
TRAP = "website"
"""A field people do not see; whoever fills it in is a program."""


class FormView(msgspec.Struct, frozen=True):
    """The form as its dealership sees it."""

    token: str
    active: bool
    ancestors: tuple[str, ...]
    consent: str


class OpenForm(msgspec.Struct, frozen=True):
    """The form as strangers see it."""

    dealership: str
    locale: str
    timezone: str
    ancestors: tuple[str, ...]
    consent: str


class WebForms:
    """Offered as `complaint.web_form`."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._repository = WebFormRepository(kernel.db)

    # For the dealership

    @permitted(p.WEB_FORM)
    async def mine(self, access: Access) -> FormView:
        """The form of the actor's dealership; a fresh one is switched off."""
        dealership = access.actor.dealership_id
        found = await self._repository.of_dealership(dealership)
        if found is None:
            try:
                async with self._kernel.db.work(access) as work:
                    found = work.add(
                        WebForm(
                            dealership_id=dealership, token=_token(), active=False, ancestors="", consent=""
                        )
                    )
            except IntegrityError:
                found = await self._repository.of_dealership(dealership)
        if found is None:
            raise NotFound()
        return _view(found)

    @permitted(p.WEB_FORM)
    async def change(
        self,
        access: Access,
        *,
        active: bool | None = None,
        ancestors: str | None = None,
        consent: str | None = None,
        fresh_token: bool = False,
    ) -> FormView:
        """Switch it, say who frames it and what is consented to, give it a new address. Raises Invalid."""
        await self.mine(access.actor)
        sites = None if ancestors is None else "\n".join(_sites(ancestors))
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await self._repository.of_dealership(access.actor.dealership_id, work)
            if row is None:
                raise NotFound()
            if active is not None:
                row.active = active
            if sites is not None:
                row.ancestors = sites
            if consent is not None:
                row.consent = consent.strip()[:1000]
            if fresh_token:
                row.token = _token()
            told = {"active": row.active, "ancestors": row.ancestors, "new_address": fresh_token}
            self._kernel.service("audit").noted(work, "changed", "complaint_form", row.id, {}, told)
        return _view(row)

    # For strangers

    @public
    async def open(self, token: str) -> OpenForm:
        """The form behind an address, whose token is the right to see it. Raises NotFound, also when off."""
        row = await self._found(token)
        shop = (await self._kernel.access.policy()).shops[row.dealership_id]
        return OpenForm(shop.name, shop.locale, shop.timezone, tuple(row.ancestors.split()), row.consent)

    @public
    async def send(self, token: str, nonce: str, client: str, sent: Mapping[str, str]) -> str:
        """Take a complaint; gives the case's number, the same when a page is sent twice.

        The token is the right to send. Raises NotFound, Invalid, TooMany.
        """
        row = await self._found(token)
        if sent.get(TRAP, "").strip():
            raise Invalid.one(TRAP, "trap", _("Leave this field empty."))
        draft = _checked(sent)
        actor = await self._actor(row.dealership_id)
        now = self._kernel.clock.now()
        who = self._kernel.keys.blind(row.dealership_id, "complaint.form", client)
        try:
            async with self._kernel.db.work(actor, now=now) as work:
                earlier = await self._repository.posting(work, row.id, nonce)
                if earlier is not None:
                    return earlier.number
                if await self._repository.sent_by(work, who, now - CLIENT_SPAN) >= PER_CLIENT:
                    raise TooMany(int(CLIENT_SPAN.total_seconds()))
                if await self._repository.sent_through(work, row.id, now - FORM_SPAN) >= PER_FORM:
                    raise TooMany(int(FORM_SPAN.total_seconds()))
                posting = work.add(Posting(form_id=row.id, nonce=nonce, client=who, at=now, number=""))
                await work.flush()
                posting.number = await self._create(actor, draft)
                return posting.number
        except IntegrityError:
            async with self._kernel.db.work(actor, now=now) as work:
                earlier = await self._repository.posting(work, row.id, nonce)
            if earlier is None:
                raise
            return earlier.number

    async def _create(self, actor: Actor, draft: Mapping[str, Any]) -> str:
        customer, vehicle = await self._known(
            actor, str(draft.get("mobile", "")), str(draft.get("plate", ""))
        )
        plate = str(draft.get("plate", ""))
        description = str(draft["description"])
        if plate:
            description = f"{description}\n\n{plate}"
        made = await self._kernel.service("complaint.complaints").create(
            actor,
            {
                "subject": draft["subject"] or description.split("\n")[0][:40],
                "contact": draft["contact"],
                "mobile": draft["mobile"],
                "description": description,
                "channel": "web",
                "customer_id": customer,
                "vehicle_id": vehicle,
                "receiver_id": None,
            },
        )
        return str(made.number)

    async def _known(self, actor: Actor, mobile: str, plate: str) -> tuple[UUID | None, UUID | None]:
        """The one customer with this number, and his car with this plate; nobody where it is not certain."""
        found = (await self._kernel.service("complaint.intake").look(actor, mobile, "")).items
        if len(found) != 1:
            return None, None
        cars = [car for car in found[0].vehicles if plate and _plain(car["plate"]) == _plain(plate)]
        return found[0].customer_id, cars[0]["id"] if len(cars) == 1 else None

    async def _actor(self, dealership_id: UUID) -> Actor:
        return replace(await self._kernel.access.operator(dealership_id), via="job")

    async def _found(self, token: str) -> WebForm:
        row = await self._repository.by_token(token) if 20 < len(token) < 44 and token.isascii() else None
        if row is None or not row.active:
            raise NotFound()
        shop = (await self._kernel.access.policy()).shops.get(row.dealership_id)
        if shop is None or not shop.active:
            raise NotFound()
        return row

    @public
    async def tidy(self) -> None:
        """Forget who sent what two days ago. For the nightly job: shows nobody anything."""
        now = self._kernel.clock.now()
        async with self._kernel.db.work(None, now=now) as work:
            await self._repository.forget(work, now - KEPT)


def _token() -> str:
    return secrets.token_urlsafe(24)


def _view(row: WebForm) -> FormView:
    return FormView(row.token, row.active, tuple(row.ancestors.split()), row.consent)


def _plain(plate: str | None) -> str:
    return "".join(sign for sign in (plate or "").upper() if sign.isalnum())


def _checked(sent: Mapping[str, str]) -> dict[str, str]:
    """The fields, trimmed. Raises Invalid with every one that is wrong."""
    values = {name: sent.get(name, "").strip() for name in MOST}
    wrong: list[tuple[str, str, Text]] = []
    for name, most in MOST.items():
        if len(values[name]) > most:
            wrong.append((name, "too_long", _("At most {most} characters.")(most=most)))
    if not values["description"]:
        wrong.append(("description", "required", _("Say what happened.")))
    if not values["contact"]:
        wrong.append(("contact", "required", _("Tell us your name.")))
    try:
        values["mobile"] = str(MOBILE.parse(values["mobile"])) if values["mobile"] else ""
    except ValueError:
        wrong.append(("mobile", "mobile", _("This is not a mobile number.")))
    if not values["mobile"]:
        wrong.append(("mobile", "required", _("Tell us the number under which we reach you.")))
    if sent.get("consent") != "true":
        wrong.append(("consent", "required", _("Without your consent we cannot work on it.")))
    if wrong:
        raise Invalid([FieldError(*one) for one in _first_each(wrong)])
    return values


def _first_each(wrong: list[tuple[str, str, Text]]) -> list[tuple[str, str, Text]]:
    found: dict[str, tuple[str, str, Text]] = {}
    for one in wrong:
        found.setdefault(one[0], one)
    return list(found.values())


def _sites(typed: str) -> list[str]:
    """Origins as a content policy names them. Raises Invalid."""
    sites = []
    for word in typed.replace(",", " ").split():
        parts = urlsplit(word if "://" in word else f"https://{word}")
        try:
            port = parts.port
        except ValueError:
            port = 0
        plain = parts.hostname and all(sign.isalnum() or sign in "-." for sign in parts.hostname)
        if parts.scheme not in ("http", "https") or not plain or not word.isascii() or port == 0:
            raise Invalid.one(
                "ancestors", "site", _("{word} is not a site like https://www.dealer.cn.")(word=word)
            )
        sites.append(f"{parts.scheme}://{parts.hostname}{f':{port}' if port else ''}")
    if len(sites) > MOST_ANCESTORS:
        raise Invalid.one("ancestors", "too_many", _("At most {most} sites.")(most=MOST_ANCESTORS))
    return list(dict.fromkeys(sites))
