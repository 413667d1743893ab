"""What an application that takes Forecourt in says about itself and its people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from crm_kernel.access.permitted import public
from crm_kernel.errors import ConfigurationError
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_embedded.directories import Master
    from crm_embedded.look import Look

_ = messages("embedded")

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class HostUser:
    """A person as the host knows him: `id` never changes, `groups` are the host's own words.

    `dealership` is a dealership's code (empty: the only one there is).
    """

    id: str
    name: str = ""
    groups: Collection[str] = frozenset()
    dealership: str = ""
    position: str = ""
    email: str = ""
    mobile: str = ""
    locale: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "groups", frozenset(self.groups))


Identify = Callable[[Any], HostUser | Awaitable[HostUser | None] | None]
"""Who sits behind a request: gets the host's own ASGI scope (under WSGI its environ)."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """The house Forecourt lives in.

    `roles` maps the host's groups to one of our roles or several; `everybody` are roles for all its people.
    `admit` decides who may come in at all (default: whoever gets a role). `overrides` replace parts of the
    kernel by name (engine, clock, mailer, sms, dialler, file_store, ...), `modules` are plugins at hand.
    `customers` and `vehicles` are masters the host keeps; `look` says how our pages appear.
    """

    name: str = "ERP"
    identify: Identify | None = None
    roles: Mapping[str, str | Collection[str]] = field(default_factory=lambda: NOTHING)
    everybody: Collection[str] = ()
    admit: Callable[[HostUser], bool] | None = None
    overrides: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    modules: Collection[Any] = ()
    customers: Master | None = None
    vehicles: Master | None = None
    look: Look | None = None

    def __post_init__(self) -> None:
        for group, given in self.roles.items():
            if not given:
                raise ConfigurationError(_("The group {group} is mapped to no role.")(group=group))

    def roles_of(self, user: HostUser) -> frozenset[str]:
        """Our roles for a person of the host."""
        found = set(self.everybody)
        for group in user.groups:
            given = self.roles.get(group, ())
            found.update([given] if isinstance(given, str) else given)
        return frozenset(found)

    @property
    def managed_roles(self) -> frozenset[str]:
        """Roles the host gives and takes; what administrators grant besides is left alone."""
        mapped = ([one] if isinstance(one, str) else one for one in self.roles.values())
        return frozenset(self.everybody).union(*mapped)

    def admits(self, user: HostUser) -> bool:
        """Whether this person may come in."""
        return self.admit(user) if self.admit is not None else bool(self.roles_of(user))

    @property
    def masters(self) -> tuple[Master, ...]:
        """What the host is master of."""
        return tuple(one for one in (self.customers, self.vehicles) if one is not None)

    def parts(self) -> dict[str, Any]:
        """What the host puts into the kernel's container."""
        found: dict[str, Any] = {"host": self}
        found |= {f"{master.entity}.directory": master.around() for master in self.masters}
        if self.masters:
            found["masters"] = Keeper(self)
        if self.look is not None:
            found["look"] = self.look
        return found | dict(self.overrides)


class Keeper:
    """The service `masters`: which fields this host alone changes."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._closed = frozenset[str]().union(*(master.closed for master in host.masters))

    @public
    def keeper(self, entity: str, field: str) -> str:
        """The host's name for its own fields, nothing for ours. Open: it says what everybody's page shows."""
        return self._host.name if f"{entity}.{field}" in self._closed else ""
