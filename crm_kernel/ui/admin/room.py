"""What the pages of administration share: the way back, tabs, dealerships within reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Request

from crm_kernel.access.store import Shop
from crm_kernel.actor import Actor
from crm_kernel.i18n import translate
from crm_kernel.text import Text, messages
from crm_kernel.ui.room import PageRoom

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]
Tab = tuple[str, Text, str]
"""A path, its label, the permission it needs."""


class AdminRoom(PageRoom):
    """One group of administration pages."""

    def back_to(self, request: AnyRequest, fallback: str) -> str:
        """The page of ours on which the button was pressed, so that its filters stay."""
        from urllib.parse import urlsplit

        current = urlsplit(request.headers.get("hx-current-url", ""))
        path = current.path.removeprefix(self.kernel.settings.prefix)
        if path != fallback and not path.startswith(fallback + "/"):
            return fallback
        return f"{path}?{current.query}" if current.query else path

    def tabs(self, actor: Actor, items: Sequence[Tab], current: str) -> list[dict[str, Any]]:
        """Neighbouring pages this person may open."""
        return [
            {"label": translate(label), "url": self.url(path), "active": path == current}
            for path, label, permission in items
            if actor.may(permission)
        ]

    async def shops(self, actor: Actor, permission: str) -> list[Shop]:
        """Dealerships which the actor's permission covers as a whole, by name; closed ones last."""
        policy = await self.kernel.access.policy()
        authority = await self.kernel.access.authority(actor)
        found = [shop for shop in policy.shops.values() if authority.over_dealership(permission, shop.id)]
        return sorted(found, key=lambda shop: (not shop.active, shop.name))

    async def everywhere(self, actor: Actor, permission: str) -> bool:
        """Whether a managing permission covers all dealerships."""
        return (await self.kernel.access.authority(actor)).over_dealership(permission, None)


def shop_options(shops: Sequence[Shop], *, closed: bool = False) -> list[tuple[str, str]]:
    """Dealerships to choose from."""
    return [(str(shop.id), shop.name) for shop in shops if shop.active or closed]


def chosen_shop(params: Mapping[str, str], actor: Actor, shops: Sequence[Shop]) -> UUID | None:
    """The dealership a page is about: as the address says, else one's own, else the first."""
    known = {str(shop.id): shop.id for shop in shops}
    wanted = params.get("dealership_id", "")
    if wanted in known:
        return known[wanted]
    own = actor.place.dealership_id
    return own if own in known.values() else next(iter(known.values()), None)
