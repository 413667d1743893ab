"""Who may do what: every way in names a right, and every right guards something."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

from crm_kernel.actor import Scope
from crm_kernel.contributions import (
    Entity,
    MenuItem,
    Offer,
    Panel,
    Permission,
    Report,
    RoleGrant,
    SearchAction,
)
from crm_kernel.testing.contract.check import Level, check
from crm_kernel.testing.contract.manifest import sources
from crm_kernel.testing.contract.subject import Subject
from crm_kernel.text import messages
from crm_kernel.web.routes import need_of, served

_ = messages("kernel")
PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
PERMISSION = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
REFUSED = frozenset((403, 404))


def own_routes(subject: Subject) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, path, need) of everything the plugin serves, what its entities get included."""
    for path, method, handler in served(subject.app):
        need = need_of(handler)
        if need.get("plugin") == subject.name and method != "*":
            yield method, path, need


def filled(path: str, id: object) -> str:
    """A path with an id in every place."""
    return PARAMETER.sub(lambda found: "1" if found.group(2) == "int" else str(id), path)


@check(Level.BRONZE, _("Every service method names its permission or is declared public"))
async def services_guarded(subject: Subject) -> Sequence[str]:
    """The in-process host has no routes: the guard sits on the method."""
    found = []
    for offer in subject.of(Offer):
        for name, member in inspect.getmembers(type(subject.kernel.service(offer.name)), callable):
            if name.startswith("_") or not inspect.isfunction(inspect.unwrap(member)):
                continue
            if not (getattr(member, "permission", None) or getattr(member, "public", False)):
                found.append(f"{offer.name}.{name} has neither a permission nor @public")
    return found


@check(Level.BRONZE, _("Every permission a method names exists"))
async def permissions_exist(subject: Subject) -> Sequence[str]:
    """A misspelt permission is one that nobody holds."""
    known = subject.kernel.registry.permissions
    named = {*_guards(subject), *(grant.permission for grant in subject.of(RoleGrant))}
    return [f"{name} does not exist" for name in sorted(named) if name not in known]


@check(Level.SILVER, _("Every permission guards something"))
async def permissions_used(subject: Subject) -> Sequence[str]:
    """An administrator who grants it changes what somebody may do."""
    declared = {one.name for one in subject.of(Permission)}
    declared -= {entity.permission("") + verb for entity in subject.of(Entity) for verb in _verbs(subject)}
    used = set(_guards(subject))
    used |= {need["permission"] for _m, _p, need in own_routes(subject) if "permission" in need}
    kinds: tuple[type[Any], ...] = (MenuItem, Panel, SearchAction, Report)
    for kind in kinds:
        used |= {str(value.permission) for value in subject.of(kind)}
    used |= {f.permission for entity in subject.of(Entity) for f in entity.fields if f.permission}
    unsaid = sorted(declared - used)
    asked = _asked_in_code(subject) if unsaid else frozenset()
    return [f"nothing needs {name}" for name in unsaid if name not in asked]


@check(Level.SILVER, _("Permissions are named after the module or its records"))
async def permissions_named(subject: Subject) -> Sequence[str]:
    """`loan.lend`, so that whoever reads a role sees whose right it is."""
    entities = subject.of(Entity)
    prefixes = {subject.name, *(e.prefix for e in entities), *(e.name for e in entities)}
    return [
        f"{one.name} is not called <plugin or record>.<verb>"
        for one in subject.of(Permission)
        if not PERMISSION.fullmatch(one.name) or one.name.partition(".")[0] not in prefixes
    ]


@check(Level.BRONZE, _("Nobody gets past the door without being known"))
async def strangers_refused(subject: Subject) -> Sequence[str]:
    """Every route answers 401, those excepted that say why they are open."""
    found = []
    async with subject.client() as stranger:
        for method, path, need in own_routes(subject):
            if need.get("public"):
                continue
            answer = await stranger.request(method, filled(path, uuid4()), json={})
            if answer.status_code != 401:
                found.append(f"{method} {path} answers {answer.status_code} to a stranger")
    return found


@check(Level.BRONZE, _("Whoever holds no right gets nothing"))
async def rightless_refused(subject: Subject) -> Sequence[str]:
    """Every route that names a permission answers 403, or 404 as if nothing were there."""
    found = []
    async with subject.client(await subject.hired({})) as nobody:
        for method, path, need in own_routes(subject):
            if "permission" not in need:
                continue
            answer = await nobody.request(method, filled(path, uuid4()), json={})
            if answer.status_code not in REFUSED:
                found.append(f"{method} {path} answers {answer.status_code} to somebody without rights")
    return found


@check(Level.BRONZE, _("Services refuse whoever lacks their permission"))
async def services_refuse(subject: Subject) -> Sequence[str]:
    """A decorator below another that swallows it would not."""
    from crm_kernel.errors import Forbidden

    nobody = await subject.hired(dict.fromkeys(("crm.nothing",), Scope.ALL))
    found = []
    for offer in subject.of(Offer):
        service = subject.kernel.service(offer.name)
        for name, member in inspect.getmembers(type(service), callable):
            if name.startswith("_") or not getattr(member, "permission", None):
                continue
            try:
                answer = getattr(service, name)(nobody)
                if inspect.iscoroutine(answer):
                    answer.close()
            except Forbidden:
                continue
            except TypeError:
                pass
            found.append(f"{offer.name}.{name} does not refuse at the call")
    return found


def _verbs(subject: Subject) -> list[str]:
    from crm_kernel.registry import RECORD_VERBS

    return [verb for verb, _label, _reserved in RECORD_VERBS]


def _guards(subject: Subject) -> Iterator[str]:
    for offer in subject.of(Offer):
        kind = type(subject.kernel.service(offer.name))
        for name in dir(kind):
            permission = getattr(getattr(kind, name), "permission", None)
            if not name.startswith("_") and isinstance(permission, str):
                yield permission


def _asked_in_code(subject: Subject) -> frozenset[str]:
    """Names the code mentions in more places than the declaration: `actor.may("loan.lend")`."""
    counts: dict[str, int] = {}
    for file in sources(subject.package):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                counts[node.value] = counts.get(node.value, 0) + 1
    return frozenset(name for name, count in counts.items() if count > 1)
