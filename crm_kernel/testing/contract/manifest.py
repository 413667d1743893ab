"""Who the plugin is, and what it leans on."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import distribution, packages_distributions
from pathlib import Path
from typing import Any

from crm_kernel.contributions import Entity, EventType, Offer, Permission
from crm_kernel.testing.contract.check import Level, check
from crm_kernel.testing.contract.subject import Subject
from crm_kernel.text import messages

_ = messages("kernel")
NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
SKIPPED = frozenset(("tests", "__pycache__", "node_modules"))


@check(Level.BRONZE, _("The manifest says who the plugin is and beside what it runs"))
async def manifest(subject: Subject) -> Sequence[str]:
    """Name, label, version, range of kernels; the same version as the distribution's."""
    plugin, found = subject.plugin, []
    told = plugin.manifest
    if told is None:
        return ["there is no manifest"]
    if not NAME.fullmatch(told.name):
        found.append(f"the name {told.name!r} is not lower case letters, digits and underscores")
    if not str(told.label).strip():
        found.append("the label is empty")
    installed = subject.distribution
    if installed is not None:
        if installed.version != told.version:
            found.append(f"the manifest says version {told.version}, the package {installed.version}")
        if not told.kernel:
            found.append('the manifest names no range of kernels: kernel=">=0.1,<0.2"')
        if not any(re.match(r"crm[-_.]kernel\b", line) for line in installed.requires or ()):
            found.append("the package does not depend on crm-kernel")
    return found


@check(Level.BRONZE, _("It imports nothing but what it says it needs, and no other plugin"))
async def imports(subject: Subject) -> Sequence[str]:
    """Other plugins are asked by name, never imported: they may not be there."""
    own = _home(subject.plugin.module)
    others = {
        _home(plugin.module): plugin.name
        for plugin in subject.kernel.plugins
        if plugin.module is not None and not plugin.builtin and _home(plugin.module) != own
    }
    allowed = _allowed(subject)
    found = []
    for file in sources(subject.package):
        for name in _imports(ast.parse(file.read_text("utf-8"))):
            where = f"{file.relative_to(subject.package)}: {name}"
            if _inside(name, own) or _inside(name, "crm_kernel"):
                continue
            if foreign := next((others[other] for other in others if _inside(name, other)), None):
                found.append(f"{where} belongs to the plugin {foreign}: ask for it by name (Ask)")
            elif allowed is not None and name.partition(".")[0] not in allowed:
                found.append(f"{where} is no dependency of the package")
    return found


def _home(module: Any) -> str:
    """The import package a plugin's module lies in."""
    return getattr(module, "__package__", None) or str(module.__name__)


def _allowed(subject: Subject) -> set[str] | None:
    """Top-level names from the standard library, the kernel's dependencies and the package's own."""
    installed = subject.distribution
    if installed is None:
        return None
    wanted = {_canonical(line) for line in installed.requires or ()} | {"crm-kernel"}
    kernel = {_canonical(line) for line in distribution("crm-kernel").requires or ()}
    named = {
        top
        for top, distributions in packages_distributions().items()
        if {_canonical(one) for one in distributions} & (wanted | kernel)
    }
    return named | set(sys.stdlib_module_names)


def _canonical(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", found.group()).lower() if found else ""


def _inside(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def sources(package: Path) -> Iterator[Path]:
    """The code of a package, its tests left out."""
    for file in sorted(package.rglob("*.py")):
        if not SKIPPED & set(file.relative_to(package).parts):
            yield file


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


@check(Level.GOLD, _("It is typed, and its README names its rights and events"))
async def documented(subject: Subject) -> Sequence[str]:
    """What an administrator and the next developer look for."""
    found = [] if (subject.package / "py.typed").is_file() else ["py.typed is missing"]
    installed = subject.distribution
    if installed is None:
        return found
    told_by_package: Any = installed.metadata
    readme = told_by_package.get_payload() or told_by_package["Description"]
    if not readme:
        return [*found, "the package has no README"]
    own = [one.name for one in subject.of(Permission) if not _of_entity(subject, one.name)]
    told = [*own, *(one.name for one in subject.of(EventType))]
    return [*found, *(f"the README does not mention {name}" for name in told if name not in str(readme))]


def _of_entity(subject: Subject, permission: str) -> bool:
    return permission.rpartition(".")[0] in {entity.prefix for entity in subject.of(Entity)}


@check(Level.GOLD, _("Every public service method says why it needs no permission"))
async def explained(subject: Subject) -> Sequence[str]:
    """`@public` is a promise; the docstring says what it rests on."""
    found = []
    for offer in subject.of(Offer):
        kind = type(subject.kernel.service(offer.name))
        methods = {name: getattr(kind, name) for name in dir(kind) if not name.startswith("_")}
        for name, method in methods.items():
            if getattr(method, "public", False) and not method.__doc__:
                found.append(f"{offer.name}.{name} has no docstring")
    return found
