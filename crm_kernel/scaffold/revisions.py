"""For developers: the next revision of a plugin's tables, written from what the models say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations.ops import MigrationScript
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from crm_kernel.dal.base import metadata
from crm_kernel.dal.environments import Environment, environments
from crm_kernel.dal.types import Encrypted
from crm_kernel.errors import Conflict, NotFound
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

TEMPLATE = '''"""{message}"""

{imports}

revision = "{revision}"
down_revision = {down!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
    {upgrade}


def downgrade() -> None:
    {downgrade}
'''
ALWAYS = ("import sqlalchemy as sa", "from alembic import op")


async def make_revision(kernel: Kernel, plugin: str, message: str) -> Path | None:
    """Compare a plugin's models with the database and write the next revision; None when nothing differs.

    `plugin` may be `kernel`. The database must stand at the plugin's newest revision, else Conflict is
    raised; NotFound is raised for a plugin that offers no `register_migrations`.
    """
    found = {environment.plugin: environment for environment in environments(kernel)[0]}
    if plugin not in found:
        raise NotFound(_("There is no module {name} with migrations.")(name=plugin))
    async with kernel.db.engine.connect() as connection:
        return await connection.run_sync(_write, found[plugin], message)


async def differences(kernel: Kernel, plugin: str) -> list[str]:
    """What a plugin's models say and its migrations do not; empty for one without migrations."""
    found = {environment.plugin: environment for environment in environments(kernel)[0]}
    if plugin not in found:
        return []
    async with kernel.db.engine.connect() as connection:
        script, _context = await connection.run_sync(_compare, found[plugin])
    steps = script.upgrade_ops.as_diffs() if script.upgrade_ops is not None else []
    flat = [one for step in steps for one in (step if isinstance(step, list) else [step])]
    return [f"models and migrations differ: {' '.join(_named(step))}" for step in flat]


def _named(step: tuple[Any, ...]) -> list[str]:
    """A difference in words: what to do, and to which table, column or index."""
    return [
        str(getattr(part, "name", part)) for part in step if part is not None and not isinstance(part, dict)
    ]


def _compare(connection: Connection, environment: Environment) -> tuple[MigrationScript, MigrationContext]:
    context = MigrationContext.configure(
        connection,
        opts={
            "target_metadata": metadata,
            "include_object": environment.owns,
            "version_table": environment.version_table,
            "compare_type": True,
            "render_as_batch": True,
        },
    )
    script: MigrationScript = produce_migrations(context, metadata)
    return script, context


def _write(connection: Connection, environment: Environment, message: str) -> Path | None:
    head = environment.head()
    if environment.revision(connection) != head:
        raise Conflict(_("Bring the database up to date first."), code="not_current")
    script, context = _compare(connection, environment)
    if script.upgrade_ops is None or script.downgrade_ops is None or script.upgrade_ops.is_empty():
        return None
    writer = _TypeWriter()
    options: dict[str, Any] = {
        "render_as_batch": True,
        "render_item": writer,
        "migration_context": context,
    }
    upgrade = render_python_code(script.upgrade_ops, **options)
    downgrade = render_python_code(script.downgrade_ops, **options)
    imports = {*ALWAYS, *writer.imports()}
    number = int(head.rpartition("_")[2]) + 1 if head else 1
    revision = f"{environment.plugin}_{number:04}"
    words = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")[:40] or "change"
    environment.folder.mkdir(exist_ok=True)
    target = environment.folder / f"{revision}_{words}.py"
    target.write_text(
        TEMPLATE.format(
            message=message.replace('"', "'"),
            imports="\n".join(sorted(imports, key=lambda line: (line.startswith("from"), line))),
            revision=revision,
            down=head or None,
            upgrade=_body(upgrade),
            downgrade=_body(downgrade),
        ),
        "utf-8",
    )
    return target


def _body(code: str) -> str:
    """Without Alembic's marker comments."""
    lines = [line for line in code.splitlines() if not line.strip().startswith("#")]
    return "\n".join(lines).strip() or "pass"


class _TypeWriter:
    """Writes our column types by their names, and remembers which imports the revision needs."""

    def __init__(self) -> None:
        self._contexts: list[Any] = []

    def __call__(self, kind: str, item: Any, context: Any) -> str | bool:
        """For Alembic's `render_item`: False leaves it to Alembic."""
        if context not in self._contexts:
            self._contexts.append(context)
        module = type(item).__module__
        if kind != "type" or not isinstance(item, TypeDecorator) or module.startswith("sqlalchemy."):
            return False
        context.imports.add(f"import {module}")
        given = repr(item.context) if isinstance(item, Encrypted) else ""
        return f"{module}.{type(item).__name__}({given})"

    def imports(self) -> set[str]:
        """The import lines of everything written so far."""
        return {line for context in self._contexts for line in context.imports}
