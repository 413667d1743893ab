"""Plugins: discovered by entry point, ordered by what they require, quarantined when they fail."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import entry_points
from typing import Any

import pluggy

from crm_kernel import __version__, hookspecs
from crm_kernel.contributions import Manifest
from crm_kernel.deadline import call_with_deadline
from crm_kernel.resolution import misfit, required_name
from crm_kernel.text import Text, messages

_ = messages("kernel")
log = logging.getLogger("crm.plugins")

ENTRY_POINTS = "crm_kernel.plugins"
IMPORT_SECONDS = 10.0
"""What loading a module may take at least, whatever its hooks may: the first start has no bytecode yet."""


@dataclass(slots=True)
class Plugin:
    """One plugin and how it is: `state` is `on`, `off` (installed, not chosen) or `quarantined`."""

    name: str
    module: Any = None
    manifest: Manifest | None = None
    distribution: str = ""
    version: str = ""
    state: str = "on"
    reason: Text | str = ""
    builtin: bool = False
    contributions: list[Any] = field(default_factory=list)
    hooks: dict[str, Any] = field(default_factory=dict)
    """Its hook functions; they stay known in quarantine, for its removal."""

    @property
    def requires(self) -> tuple[str, ...]:
        """Names of plugins that must run for this one to run."""
        return tuple(map(required_name, self.manifest.requires)) if self.manifest else ()


class PluginSet:
    """All plugins of a process, in boot order (required ones first).

    A plugin that cannot be loaded, validated or ordered is quarantined together with those that require
    it; the others run.
    """

    def __init__(self, deadline: float = 2.0) -> None:
        self.manager = pluggy.PluginManager(hookspecs.PROJECT)
        self.manager.add_hookspecs(hookspecs)
        self._deadline = deadline
        self._plugins: dict[str, Plugin] = {}

    def __iter__(self) -> Iterator[Plugin]:
        return iter(self._plugins.values())

    def __getitem__(self, name: str) -> Plugin:
        return self._plugins[name]

    def __contains__(self, name: str) -> bool:
        return name in self._plugins

    @property
    def running(self) -> list[Plugin]:
        """Those that are on, required ones first."""
        return [plugin for plugin in self._plugins.values() if plugin.state == "on"]

    def discover(self, wanted: Sequence[str] | None) -> None:
        """Load every installed plugin; those not in `wanted` (None: all) are listed as off."""
        for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda e: e.name):
            plugin = Plugin(entry.name)
            if entry.dist is not None:
                plugin.distribution, plugin.version = entry.dist.name, entry.dist.version
            if entry.name in self._plugins:
                self.quarantine(
                    self._plugins[entry.name], _("two distributions call themselves {name}")(name=entry.name)
                )
                continue
            self._plugins[entry.name] = plugin
            if wanted is not None and entry.name not in wanted:
                plugin.state = "off"
                continue
            try:
                loaded = call_with_deadline(entry.load, max(self._deadline, IMPORT_SECONDS), name="importing")
                self._adopt(plugin, loaded)
            except Exception as fault:
                self.quarantine(plugin, f"{type(fault).__name__}: {fault}")
        for name in wanted or ():
            if name not in self._plugins:
                self._plugins[name] = Plugin(name, state="quarantined", reason=_("not installed"))

    def add(self, module: Any, *, builtin: bool = False) -> Plugin:
        """Register a plugin that is at hand: the kernel's own services, or a test's."""
        plugin = Plugin(getattr(module, "__name__", type(module).__name__), builtin=builtin)
        try:
            self._adopt(plugin, module)
        except Exception as fault:
            self.quarantine(plugin, f"{type(fault).__name__}: {fault}")
        self._plugins[plugin.name] = plugin
        return plugin

    def _adopt(self, plugin: Plugin, module: Any) -> None:
        plugin.module = module
        self.manager.register(module, plugin.name)
        plugin.hooks = self._implementations(module)
        misspelt = [name for name in plugin.hooks if not hasattr(hookspecs, name)]
        if misspelt:
            raise LookupError(f"there is no hook {', '.join(misspelt)}")
        if "manifest" not in plugin.hooks:
            raise LookupError("the hook manifest is missing")
        found = self.call(plugin, "manifest")
        if not isinstance(found, Manifest):
            raise TypeError("manifest() must return a Manifest")
        if not plugin.builtin and plugin.distribution and found.name != plugin.name:
            raise ValueError(f"the entry point says {plugin.name}, the manifest {found.name}")
        if plugin.name != found.name:
            self.manager.unregister(module)
            self.manager.register(module, found.name)
        plugin.name, plugin.manifest = found.name, found
        plugin.version = plugin.version or found.version

    def _implementations(self, module: Any) -> dict[str, Any]:
        marked = {}
        for caller in self.manager.get_hookcallers(module) or ():
            for impl in caller.get_hookimpls():
                if impl.plugin is module:
                    marked[caller.name] = impl
        return marked

    def call(self, plugin: Plugin, hook: str, **arguments: Any) -> Any:
        """One plugin's answer to one hook; None where it does not implement it.

        The kernel's own have no deadline: on a busy machine it could only do harm.
        """
        impl = plugin.hooks.get(hook)
        if impl is None:
            return None
        given = [arguments[name] for name in impl.argnames]
        if plugin.builtin:
            return impl.function(*given)
        answer = call_with_deadline(impl.function, self._deadline, *given, name=hook)
        if isinstance(answer, Iterator):  # a generator has not run yet
            return call_with_deadline(list, self._deadline, answer, name=hook)
        return answer

    def implements(self, plugin: Plugin, hook: str) -> bool:
        """Whether the plugin has an implementation of the hook."""
        return hook in plugin.hooks

    def quarantine(self, plugin: Plugin, reason: Text | str) -> None:
        """Take a plugin, and all that require it, out of service; the reason is shown to people."""
        if plugin.state == "quarantined":
            return
        plugin.state, plugin.reason = "quarantined", reason
        plugin.contributions = []
        if plugin.module is not None and self.manager.is_registered(plugin.module):
            self.manager.unregister(plugin.module)
        log.error("plugin quarantined", extra={"plugin": plugin.name, "reason": str(reason)})
        for other in list(self._plugins.values()):
            if plugin.name in other.requires and other.state == "on":
                self.quarantine(other, _("requires {names}, which does not run")(names=plugin.name))

    def order(self) -> None:
        """Sort by `requires` (ties by name, the kernel's own first); refuse absentees, misfits and cycles."""
        for plugin in list(self.running):
            if plugin.state == "on" and plugin.manifest is not None:
                versions = {other.name: other.version for other in self.running}
                found = misfit(plugin.manifest.requires, plugin.manifest.kernel, versions, __version__)
                if found is not None:
                    self.quarantine(plugin, found)
        while True:
            graph = {p.name: set(p.requires) for p in self._sorted(self.running)}
            try:
                order = list(TopologicalSorter(graph).static_order())
                break
            except CycleError as fault:
                for name in set(fault.args[1]):
                    circle = _("circle of requirements: {names}")(names=" > ".join(fault.args[1]))
                    self.quarantine(self._plugins[name], circle)
        resting = [plugin for plugin in self if plugin.state != "on"]
        self._plugins = {name: self._plugins[name] for name in order} | {p.name: p for p in resting}

    @staticmethod
    def _sorted(plugins: Iterable[Plugin]) -> list[Plugin]:
        return sorted(plugins, key=lambda p: (not p.builtin, p.name))
