"""`crm import`: a file of records, in this process, without a worker."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

import msgspec

from crm_kernel.errors import Malformed, NotFound
from crm_kernel.text import messages
from crm_standalone.cli.context import Context
from crm_standalone.cli.parser import Commands

_ = messages("standalone")


def register(commands: Commands) -> None:
    """The command of this module."""
    parser = commands.add("import", _("import records from a file"), run)
    parser.add_argument("kind", metavar="KIND")
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--errors", metavar="FILE", type=Path)
    parser.add_argument("--mapping", metavar="FILE", type=Path)


async def run(context: Context, arguments: Namespace) -> int:
    """Exit code 0 even when rows were rejected; 1 when the file could not be imported at all."""
    if not arguments.file.is_file():
        raise NotFound(_("There is no file {file}.")(file=arguments.file.name))
    mapping = _mapping(arguments.mapping)
    async with context.running() as kernel:
        actor = await context.actor(kernel)
        counts = await kernel.service("imports").import_file(
            actor,
            arguments.kind,
            arguments.file,
            mapping=mapping,
            dry_run=arguments.dry_run,
            errors=arguments.errors,
        )
    context.answer(counts, _summary(counts))
    return 0


def _mapping(file: Path | None) -> dict[str, str] | None:
    """Which column fills which field: a JSON object of column head to field name."""
    if file is None:
        return None
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError) as fault:
        raise Malformed(_("The mapping {file} cannot be read.")(file=file.name)) from fault


def _summary(counts: dict[str, Any]) -> Any:
    rejected = sum(counts["rejected"].values())
    return _("{rows} rows: {created} added, {changed} changed, {repeated} known, {rejected} rejected.")(
        rows=counts["rows"],
        created=counts["created"],
        changed=counts["changed"],
        repeated=counts["repeated"],
        rejected=rejected,
    )
