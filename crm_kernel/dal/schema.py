"""A schema of PostgreSQL for our tables alone, inside a host's database."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crm_kernel.errors import ConfigurationError
from crm_kernel.text import messages

_ = messages("kernel")

NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def checked(schema: str) -> str:
    """The name, if it can be used as one. Raises ConfigurationError."""
    if schema and not NAME.fullmatch(schema):
        raise ConfigurationError(_("The schema {name} must be a plain lower-case name.")(name=schema))
    return schema


async def ensure_schema(engine: AsyncEngine, schema: str) -> None:
    """Make the schema where it is missing; nothing without one."""
    if schema and engine.dialect.name == "postgresql":
        async with engine.connect() as connection:
            await connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {checked(schema)}"))
            await connection.commit()
            # The engine asked for its schema when it first connected, and there was none.
            engine.sync_engine.dialect.default_schema_name = schema


async def drop_schema(connection: AsyncConnection, schema: str) -> None:
    """Take the schema away; anything of others in it keeps it alive."""
    if schema and connection.dialect.name == "postgresql":
        await connection.execute(text(f"DROP SCHEMA IF EXISTS {checked(schema)} RESTRICT"))


@asynccontextmanager
async def our_schema(connection: AsyncConnection, schema: str) -> AsyncIterator[None]:
    """Let a host's connection find our tables for a while; nothing without a schema of our own."""
    if not schema or connection.dialect.name != "postgresql":
        yield
        return
    before = (await connection.execute(text("SHOW search_path"))).scalar_one()
    await connection.execute(text(f"SET LOCAL search_path = {checked(schema)}, {before}"))
    yield
    # After a fault the host rolls back, which undoes a local setting.
    await connection.execute(text("SELECT set_config('search_path', :before, true)"), {"before": before})
