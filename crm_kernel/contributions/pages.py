"""What people see: menu entries, slots and panels, actions of the search box."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crm_kernel.text import Text

if TYPE_CHECKING:
    from crm_kernel.actor import Actor
    from crm_kernel.kernel import Kernel


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of the side menu; `badge` counts what is due for the actor."""

    label: Text
    path: str
    permission: str
    icon: str = "circle"
    group: Text | None = None
    order: int = 100
    badge: Callable[[Kernel, Actor], Awaitable[int]] | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A place on a page that other modules may fill: `customer.record`."""

    name: str
    label: Text


@dataclass(frozen=True, slots=True)
class PanelContent:
    """What a panel shows: a template with its values, or nothing (`template` empty hides it)."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A piece of a page, shown in another module's slot to those who hold the permission."""

    slot: str
    name: str
    label: Text
    permission: str
    render: Callable[[Kernel, Actor, Any], Awaitable[PanelContent]]
    order: int = 100


@dataclass(frozen=True, slots=True)
class SearchAction:
    """A page or action the search box offers besides records; the list of `entity`, if named, does too."""

    label: Text
    path: str
    permission: str
    icon: str = "arrow-right"
    keywords: tuple[str, ...] = ()
    entity: str = ""
