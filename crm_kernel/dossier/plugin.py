"""What this room brings: files of records, and checking them."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_kernel.actor import Actor, Scope
from crm_kernel.contributions import Command, Manifest, MenuItem, Offer, Permission, RoleGrant, Setting
from crm_kernel.dossier.models import IssuedFile
from crm_kernel.dossier.service import CHECK, FONT, Dossiers
from crm_kernel.hookspecs import hookimpl
from crm_kernel.i18n import formats, translate
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

CHECKERS = ("administrator", "general_manager", "customer_service_supervisor")


@hookimpl
def manifest() -> Manifest:
    return Manifest("dossier", _("Files of records"), "0.1.0", requires=("records", "flow"))


@hookimpl
def register_models() -> Sequence[type[Any]]:
    return [IssuedFile]


@hookimpl
def register_settings() -> Sequence[Setting]:
    return [FONT]


@hookimpl
def register_permissions() -> Sequence[Permission]:
    return [CHECK]


@hookimpl
def register_roles() -> Sequence[RoleGrant]:
    return [RoleGrant(role, CHECK.name, Scope.DEALERSHIP) for role in CHECKERS]


@hookimpl
def register_services() -> Sequence[Offer]:
    return [Offer("dossiers", Dossiers)]


@hookimpl
def register_menu() -> Sequence[MenuItem]:
    group = _("Administration")
    return [MenuItem(_("Check a file"), "/admin/files", CHECK.name, "file-certificate", group, 955)]


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE")


async def _check(kernel: Kernel, actor: Actor, arguments: Any) -> int:
    """Says whether and when a file was issued; 1 if it was not."""
    content = await asyncio.to_thread(Path(arguments.file).read_bytes)
    found = await kernel.service("dossiers").check(actor, content)
    lines = [f"SHA-256 {found.sha256}"]
    for one in found.issued:
        at = formats.moment(one.issued_at, actor.locale, timezone=actor.timezone)
        said = _("issued on {at} by {name}: {entity} {title}")
        words = said(at=at, name=one.issued_by, entity=one.entity, title=one.title)
        lines.append(translate(words, actor.locale))
    if not found.issued:
        lines.append(translate(_("This file was not issued here."), actor.locale))
    print("\n".join(lines))  # noqa: T201 - a command answers on standard output
    return 0 if found.issued else 1


@hookimpl
def register_commands() -> Sequence[Command]:
    return [Command("check-file", _("Say whether and when a file was issued"), _check, _arguments)]
