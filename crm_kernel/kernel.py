"""The kernel: boots the plugins, holds what they brought, and starts and stops them."""

from __future__ import annotations

import inspect
import logging
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from crm_kernel import contributions as c
from crm_kernel.access.control import AccessControl
from crm_kernel.clock import Clock, SystemClock
from crm_kernel.container import Container
from crm_kernel.dal.crypto import KeyRing
from crm_kernel.dal.database import Database
from crm_kernel.dal.engine import make_engine
from crm_kernel.deadline import await_with_deadline, call_with_deadline
from crm_kernel.events.log import EventLog
from crm_kernel.plugins import Plugin, PluginSet
from crm_kernel.registry import COLLECTED, Registry
from crm_kernel.settings import Settings
from crm_kernel.text import Text

if TYPE_CHECKING:
    from crm_kernel.dal.migrate import MigrationReport

log = logging.getLogger("crm.kernel")


class Kernel:
    """One application: settings, plugins, what they brought, and the parts they share.

    Make it with `Kernel.boot`, which opens no connection; `running()` starts and stops the plugins.
    """

    def __init__(self, settings: Settings, container: Container, plugins: PluginSet) -> None:
        self.settings = settings
        self.container = container
        self.plugins = plugins
        self.registry = Registry()
        self._startup_faults: dict[str, str] = {}

    @classmethod
    def boot(
        cls,
        settings: Settings,
        *,
        builtins: Iterable[Any] = (),
        modules: Iterable[Any] = (),
        overrides: Mapping[str, Any] | None = None,
        discover: bool = True,
    ) -> Kernel:
        """Find, order and validate plugins and gather what they bring.

        `builtins` are the kernel's own services (see crm_kernel.assembly), `modules` further plugins at
        hand, `overrides` the host's replacements by part name. A plugin at fault is quarantined; only a
        fault of a builtin raises.
        """
        container = Container(overrides)
        plugins = PluginSet(settings.hook_deadline)
        kernel = cls(settings, container, plugins)
        container.add("settings", lambda: settings)
        container.add("clock", SystemClock)
        container.add("keys", KeyRing.load, settings)
        container.add("engine", lambda: make_engine(settings))
        container.add("database", kernel._open_database)
        container.add("access", lambda: AccessControl(kernel))
        container.add("events", lambda: EventLog(kernel))
        for module in builtins:
            plugin = plugins.add(module, builtin=True)
            if plugin.state != "on":
                raise RuntimeError(f"{plugin.name}: {plugin.reason}")
        for module in modules:
            plugins.add(module)
        if discover:
            plugins.discover(settings.plugins)
        plugins.order()
        for plugin in plugins.running:
            if plugin.state == "on":
                kernel._gather(plugin)
        kernel._check_services()
        container.freeze()
        return kernel

    def _open_database(self) -> Database:
        database = Database(self.container.get("engine"), self.keys, self.settings, self.clock)
        database.observe(self.events)
        return database

    def _gather(self, plugin: Plugin) -> None:
        try:
            values: list[Any] = []
            for hook, kind in COLLECTED.items():
                answer = self.plugins.call(plugin, hook)
                if answer is None:
                    continue
                for value in answer:
                    if not isinstance(value, kind):
                        raise TypeError(f"{hook} returned {type(value).__name__}")
                    values.append(value)
            self.plugins.call(plugin, "register_models")
            self.registry.add(plugin.name, values)
            plugin.contributions = values
            for value in values:
                if isinstance(value, c.Offer):
                    self.container.add(value.name, value.factory, self)
        except Exception as fault:
            self._quarantine(plugin, f"{type(fault).__name__}: {fault}")

    def _quarantine(self, plugin: Plugin, reason: Text | str) -> None:
        before = {p.name: list(p.contributions) for p in self.plugins}
        self.plugins.quarantine(plugin, reason)
        for fallen in self.plugins:
            if fallen.state == "quarantined":
                self.registry.remove(fallen.name)
                for value in before.get(fallen.name, ()):
                    if isinstance(value, c.Offer):
                        self.container.remove(value.name)
        if plugin.builtin:
            raise RuntimeError(f"{plugin.name}: {reason}")

    def _check_services(self) -> None:
        """Every offered service guards each public method; every ask finds the methods it names."""
        for plugin in self.plugins.running:
            for value in plugin.contributions:
                try:
                    if isinstance(value, c.Offer) and not self.container.given_by_host(value.name):
                        _check_guarded(value.name, self._made(plugin, value.name))
                    if isinstance(value, c.Ask):
                        self._check_ask(value)
                except Exception as fault:
                    self._quarantine(plugin, f"{type(fault).__name__}: {fault}")
                    break

    def _made(self, plugin: Plugin, name: str) -> Any:
        """The offered service, made here and now: a factory is foreign code like a hook."""
        if plugin.builtin:
            return self.container.get(name)
        return call_with_deadline(self.container.get, self.settings.hook_deadline, name, name=name)

    def _check_ask(self, ask: c.Ask) -> None:
        if ask.name not in self.container:
            if ask.required:
                raise LookupError(f"nobody offers {ask.name}")
            log.info("nobody offers %s: %s", ask.name, ask.absent or "")
            return
        part = self.container.get(ask.name)
        wanted = [name for name in vars(ask.protocol) if not name.startswith("_")]
        missing = [name for name in wanted if not callable(getattr(part, name, None))]
        if missing:
            raise TypeError(f"{ask.name} lacks {', '.join(missing)}")

    # The shared parts, typed.

    @property
    def db(self) -> Database:
        """The database."""
        found: Database = self.container.get("database")
        return found

    @property
    def access(self) -> AccessControl:
        """Rights of people."""
        found: AccessControl = self.container.get("access")
        return found

    @property
    def events(self) -> EventLog:
        """The event log."""
        found: EventLog = self.container.get("events")
        return found

    @property
    def clock(self) -> Clock:
        """The time."""
        found: Clock = self.container.get("clock")
        return found

    @property
    def keys(self) -> KeyRing:
        """Keys for encryption, blind indexes and signatures."""
        found: KeyRing = self.container.get("keys")
        return found

    def service(self, name: str) -> Any:
        """A service by the name it is offered under. Raises KeyError when nobody offers it."""
        return self.container.get(name)

    def offers(self, name: str) -> bool:
        """Whether somebody offers that service."""
        return name in self.container

    def collect(self, hook: str) -> list[tuple[str, Any]]:
        """Ask a hook that needs the booted kernel (routes, pages); a plugin that fails is quarantined."""
        found: list[tuple[str, Any]] = []
        for plugin in self.plugins.running:
            if plugin.state != "on":
                continue
            try:
                found.extend((plugin.name, v) for v in self.plugins.call(plugin, hook, kernel=self) or ())
            except Exception as fault:
                self._quarantine(plugin, f"{hook}: {type(fault).__name__}: {fault}")
        return [(name, value) for name, value in found if self.plugins[name].state == "on"]

    def quarantine(self, name: str, reason: Text | str) -> None:
        """Take a module found at fault after boot, and all that require it, out of service."""
        self._quarantine(self.plugins[name], reason)

    async def upgrade(self) -> Sequence[MigrationReport]:
        """Bring every plugin's tables up to date; one that fails is quarantined with its dependents."""
        from crm_kernel.dal.migrate import upgrade_all

        reports = await upgrade_all(self)
        for report in reports:
            if report.fault and report.plugin in self.plugins:
                self._quarantine(self.plugins[report.plugin], f"migration: {report.fault}")
        return reports

    async def start(self) -> None:
        """Open the parts and call every plugin's `startup` in order."""
        await self.access.prepare()
        for plugin in self.plugins.running:
            await self._call_async(plugin, "startup")

    async def stop(self) -> None:
        """Call every plugin's `shutdown` in reverse order and close the database."""
        for plugin in reversed(self.plugins.running):
            await self._call_async(plugin, "shutdown")
        await self.db.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Kernel]:
        """The kernel between start and stop."""
        await self.start()
        try:
            yield self
        finally:
            await self.stop()

    async def _call_async(self, plugin: Plugin, hook: str) -> None:
        try:
            answer = self.plugins.call(plugin, hook, kernel=self)
            if inspect.isawaitable(answer) and plugin.builtin:
                await answer
            elif inspect.isawaitable(answer):
                await await_with_deadline(answer, self.settings.hook_deadline, hook)
        except Exception as fault:
            if plugin.builtin:
                raise
            self._quarantine(plugin, f"{hook}: {type(fault).__name__}: {fault}")


def _check_guarded(name: str, service: object) -> None:
    for attribute, member in inspect.getmembers(type(service), callable):
        if attribute.startswith("_") or not inspect.isfunction(inspect.unwrap(member)):
            continue
        if not (getattr(member, "permission", None) or getattr(member, "public", False)):
            raise TypeError(f"{name}.{attribute} has neither a permission nor @public")
