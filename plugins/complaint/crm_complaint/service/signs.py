"""Early signs: a problem or a model that complaints rise about, against its own past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from crm_complaint.models import Sign
from crm_complaint.permissions import FIGURES
from crm_complaint.repository import signs as repository
from crm_complaint.rising import PAST, RECENT, Rise, rises
from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access
from crm_kernel.dal.types import uuid7
from crm_kernel.i18n import translate
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("complaint")

WATCHED: tuple[tuple[str, Text], ...] = (("problem_type", _("Problem")), ("model", _("Model")))
HEAR = ("customer_service_supervisor", "general_manager")
"""Roles that are told."""
QUIET = PAST
"""So long nobody hears of the same again."""


class SignView(msgspec.Struct, frozen=True):
    """Something that rises: which field, its value and label, the numbers, the first day that counts."""

    field: str
    value: str
    label: str
    recent: int
    usual: float
    chance: float
    since: date


class Signs:
    """Offered as `complaint.signs`."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @permitted(FIGURES)
    async def rising(self, access: Access) -> Sequence[SignView]:
        """What rises within an access, the surest first. Nothing while the past is too short to compare."""
        now = self._kernel.clock.now()
        recent, past = now - RECENT, now - RECENT - PAST
        first = await repository.known_since(self._kernel.db, access)
        if first is None or first > recent - PAST / 2:
            return []
        found: list[SignView] = []
        for field, heading in WATCHED:
            counts = await repository.counts(self._kernel.db, access, field, recent, past)
            labels = await self._labels(access, field)
            for value, rise in rises(counts).items():
                words = f"{translate(heading, access.actor.locale)} · {labels.get(value, value)}"
                found.append(_view(field, value, words, rise, recent))
        return sorted(found, key=lambda one: one.chance)

    async def _labels(self, access: Access, field: str) -> dict[str, str]:
        if field != "problem_type":
            return {}
        dictionaries = self._kernel.service("dictionaries")
        entries = await dictionaries.entries(access.actor, "complaint.problem", inactive=True)
        return {entry.code: translate(entry.label, access.actor.locale) for entry in entries}

    @public
    async def tell(self) -> int:
        """Tell the roles of each dealership what has begun to rise, once; for the daily job. Counts them."""
        told = 0
        for shop in (await self._kernel.access.policy()).shops.values():
            if not shop.active:
                continue
            operator = await self._kernel.access.operator(shop.id)
            for sign in await self.rising(operator):
                told += await self._tell(shop.id, sign)
        return told

    async def _tell(self, dealership_id: UUID, sign: SignView) -> bool:
        policy = await self._kernel.access.policy()
        people = {one for role in HEAR for one in policy.holders(role, dealership_id)}
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            known = await repository.told(work, dealership_id, sign.field, sign.value)
            if known is not None and not _is_past(known.told_at, work.now):
                return False
            if known is None:
                work.add(
                    Sign(
                        id=uuid7(), dealership_id=dealership_id, field=sign.field, value=sign.value,
                        told_at=work.now,
                    )
                )  # fmt: skip
            else:
                known.told_at = work.now
            await work.flush()
            if people and self._kernel.offers("notifications"):
                text = _("Rising: {what}: {recent} complaints in four weeks, {usual} before")
                words = text(what=sign.label, recent=sign.recent, usual=f"{sign.usual:.1f}")
                notifications = self._kernel.service("notifications")
                await notifications.notify(work, people, "complaint.sign", words, "/reports/complaint")
        return True


def _is_past(told_at: datetime, now: datetime) -> bool:
    return now - told_at > QUIET


def _view(field: str, value: str, label: str, rise: Rise, recent: datetime) -> SignView:
    return SignView(field, value, label, rise.recent, rise.usual, rise.chance, recent.date())
