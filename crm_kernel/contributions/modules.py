"""What a module is and what it lends to others: its manifest, services, settings, commands, demo data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_kernel.text import Text

if TYPE_CHECKING:
    from crm_kernel.actor import Actor
    from crm_kernel.kernel import Kernel


@dataclass(frozen=True, slots=True)
class Manifest:
    """Who a plugin is, and beside what it runs.

    `requires` names plugins that must run, with a range of versions where it matters (`customer>=0.1,<0.2`);
    `kernel` is the range of kernels it is made for. Ranges follow PEP 440. Kernel and plugins are resolved as
    one set: who does not fit is quarantined with the reason, and so is whoever requires it.

    A dealership may switch a module off for itself unless it says otherwise with `switchable`.
    """

    name: str
    label: Text
    version: str
    requires: tuple[str, ...] = ()
    kernel: str = ""
    description: Text | None = None
    icon: str = "puzzle"
    switchable: bool = True


@dataclass(frozen=True, slots=True)
class Offer:
    """A service under a name others may ask for. `factory` is called once, after boot, with the kernel."""

    name: str
    factory: Callable[[Kernel], Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """A service this module wants by name; `protocol` lists the methods it will call.

    Boot refuses an offer without those methods. When nobody offers it, `absent` says what is missing then.
    """

    name: str
    protocol: type[Any]
    required: bool = False
    absent: Text | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting a module reads from the environment or the TOML file, with its default."""

    name: str
    label: Text
    default: Any = None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the `crm` line: `run` gets the kernel, the actor and the parsed arguments."""

    name: str
    help: Text
    run: Callable[[Kernel, Actor, Any], Awaitable[int]]
    configure: Callable[[Any], None] | None = None


@dataclass(frozen=True, slots=True)
class DemoData:
    """Fills a demo dealership; called in plugin order with an actor who may do everything.

    What it builds on comes first: `after` names other modules' demo data, where they are there.
    """

    name: str
    fill: Callable[[Kernel, Actor], Awaitable[None]]
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Migrations:
    """Where a plugin's Alembic revisions lie: an import package whose `versions/` holds them."""

    package: str
