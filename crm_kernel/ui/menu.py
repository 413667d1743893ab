"""The side menu: what the modules offer, as far as this person may go there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass, field

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity, MenuItem
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.ui.flow.kinds import kinds_here

_ = messages("kernel")
log = logging.getLogger("crm.menu")

BADGE_SECONDS = 0.5
LAST = 10_000
"""After everything that has an entry of its own."""


@dataclass(slots=True)
class Link:
    """An entry as templates show it. `badge`: None where nothing is counted, 0 until somebody has."""

    label: str
    url: str
    icon: str
    active: bool = False
    badge: int | None = None
    phone: bool = False


@dataclass(slots=True)
class Group:
    """Entries under a heading (empty for the first group)."""

    label: str
    items: list[Link] = field(default_factory=list)

    def __getitem__(self, name: str) -> list[Link]:
        return list(self.items) if name == "items" else []


HOME = MenuItem(_("Today"), "/", "", "home", order=0)


async def _approvals(kernel: Kernel, actor: Actor) -> int:
    return int(await kernel.service("approvals").waiting_count(actor))


APPROVALS = MenuItem(_("Waiting for my approval"), "/approvals", "", "checks", order=9, badge=_approvals)
"""There for whoever holds the right to one of the kinds; it has none of its own."""


def menu_groups(kernel: Kernel, actor: Actor, path: str) -> list[Group]:
    """Groups in the order in which modules come up; `path` (without prefix) marks the active entry."""
    allowed = [HOME, *_allowed(kernel, actor)]
    allowed.sort(key=lambda item: item.order)
    groups: dict[str, Group] = {}
    best = max((item.path for item in allowed if _covers(item.path, path)), key=len, default="")
    for item in allowed:
        heading = translate(item.group) if item.group else ""
        group = groups.setdefault(heading, Group(heading))
        url = kernel.settings.prefix + item.path
        active, badge = item.path == best, None if item.badge is None else 0
        phone = len(group.items) < 2
        group.items.append(Link(translate(item.label), url, item.icon, active, badge, phone))
    return list(groups.values())


async def menu_badges(kernel: Kernel, actor: Actor) -> dict[str, int]:
    """What is due, by the address of the menu's entry; an entry whose count fails or dawdles is left out."""
    counted = [(item, item.badge) for item in _allowed(kernel, actor) if item.badge is not None]
    counts = await asyncio.gather(*(_due(badge(kernel, actor), item) for item, badge in counted))
    return {
        kernel.settings.prefix + item.path: count
        for (item, _badge), count in zip(counted, counts, strict=True)
        if count is not None
    }


async def fill_badges(kernel: Kernel, actor: Actor, groups: Iterable[Group]) -> None:
    """Put the counts into a menu that somebody else draws."""
    due = await menu_badges(kernel, actor)
    for group in groups:
        for link in group.items:
            if link.badge is not None:
                link.badge = due.get(link.url, 0)


def _allowed(kernel: Kernel, actor: Actor) -> list[MenuItem]:
    found = [
        item
        for plugin, item in kernel.registry.owned(MenuItem)
        if actor.may(item.permission) and plugin not in actor.grants.modules_off
    ]
    if any(actor.may(kind.permission) for kind in kinds_here(kernel, actor)):
        found.insert(0, APPROVALS)
    return found


SEARCHED = (
    "user",
    "users",
    "car",
    "tool",
    "file-text",
    "message-report",
    "phone",
    "calendar",
    "checkbox",
    "plus",
)
"""Icons of what the search box finds beside pages."""


def palette_icons(kernel: Kernel) -> Sequence[str]:
    """The icons the search box may show."""
    return sorted(
        {*SEARCHED, HOME.icon, APPROVALS.icon, *(item.icon for item in kernel.registry.of(MenuItem))}
    )


def place_of(kernel: Kernel, path: str) -> int:
    """Where the page of an address stands in the menu, so that what leads there is offered in that order."""
    places = [item.order for item in kernel.registry.of(MenuItem) if _covers(item.path, path)]
    return min(places, default=LAST)


def _covers(place: str, path: str) -> bool:
    return path == place or (place != "/" and path.startswith(place + "/"))


async def _due(counting: Awaitable[int], item: MenuItem) -> int | None:
    try:
        async with asyncio.timeout(BADGE_SECONDS):
            return await counting
    except Exception:
        log.exception("badge failed", extra={"menu": item.path})
        return None


def new_items(kernel: Kernel, actor: Actor) -> Sequence[Link]:
    """What this person may add, for the button in the top bar."""
    found = []
    owned = sorted(kernel.registry.owned(Entity), key=lambda one: place_of(kernel, f"/{one[1].plural}"))
    for plugin, entity in owned:
        if entity.pages and plugin not in actor.grants.modules_off and actor.may(entity.permission("create")):
            url = f"{kernel.settings.prefix}/{entity.plural}/new"
            found.append(Link(translate(entity.label), url, entity.icon))
    return found
