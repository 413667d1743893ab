"""Application scope: ports with defaults, each replaceable by the host until boot ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from threading import RLock
from typing import Any

from dependency_injector import containers, providers

from crm_kernel.errors import ConfigurationError
from crm_kernel.text import messages

_ = messages("kernel")


class _Once:
    """Makes a part when first asked, under a lock of its own.

    The library's thread-safe singletons share one lock: a factory that hangs would hold up every other part.
    """

    def __init__(self, factory: Callable[..., Any], *args: Any) -> None:
        self._make = partial(factory, *args)
        self._lock = RLock()
        self._parts: list[Any] = []

    def __call__(self) -> Any:
        if not self._parts:
            with self._lock:
                if not self._parts:
                    self._parts.append(self._make())
        return self._parts[0]


@dataclass(frozen=True, slots=True)
class Around:
    """A host's part that stands around the default one: `make` gets the default and what made it."""

    make: Callable[..., Any]


class Container:
    """Names to single instances, made when first asked for.

    Defaults come from the kernel and from plugins' offers; `overrides` come from the host and win, whoever
    offers the name (an `Around` keeps the default inside). After `freeze` nothing can be added: dependents
    made earlier would keep the old part.
    """

    def __init__(self, overrides: Mapping[str, Any] | None = None) -> None:
        self._parts: Any = containers.DynamicContainer()
        self._host = dict(overrides or {})
        self._frozen = False
        for name, part in self._host.items():
            if isinstance(part, Around):
                continue
            provider = part if isinstance(part, providers.Provider) else providers.Object(part)
            self._parts.set_provider(name, provider)

    def add(self, name: str, factory: Callable[..., Any], *args: Any) -> None:
        """Offer a default under a name. Raises ConfigurationError if taken, or after boot."""
        if self._frozen:
            raise ConfigurationError(_("{name} comes too late: the kernel has booted.")(name=name))
        given = self._host.get(name)
        if isinstance(given, Around):
            factory = _around(given, factory)
        elif given is not None:
            return
        if name in self._parts.providers:
            raise ConfigurationError(_("Two parts offer {name}.")(name=name))
        self._parts.set_provider(name, providers.Callable(_Once(factory, *args)))

    def freeze(self) -> None:
        """Refuse further parts."""
        self._frozen = True

    def remove(self, name: str) -> None:
        """Take back the offer of a plugin that is quarantined."""
        if name in self._parts.providers and not self._replaced(name):
            delattr(self._parts, name)

    def get(self, name: str) -> Any:
        """The part of that name. Raises KeyError when nobody offers it."""
        return self._parts.providers[name]()

    def __contains__(self, name: str) -> bool:
        return name in self._parts.providers

    def given_by_host(self, name: str) -> bool:
        """Whether the host replaced this part, or put its own around it."""
        return name in self._host

    def _replaced(self, name: str) -> bool:
        return name in self._host and not isinstance(self._host[name], Around)


def _around(outer: Around, factory: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: outer.make(factory(*args), *args)
