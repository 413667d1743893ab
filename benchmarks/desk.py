"""A dealership with one person who works with customers, in an empty database, for benchmarks of writing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crm_kernel.access.models import AccessRule
from crm_kernel.access.organisation import Dealership, Staff
from crm_kernel.actor import Actor, Grants, Place, Scope
from crm_kernel.dal.base import metadata
from crm_kernel.dal.types import uuid7
from crm_kernel.kernel import Kernel
from crm_kernel.settings import Settings
from crm_kernel.web.secrets import fingerprint
from crm_standalone.accounts.models import Account, Token
from crm_standalone.accounts.secrets import new_token
from crm_standalone.boot import boot

POSTGRES = "postgresql+asyncpg://root@127.0.0.1:5432/{name}"
ROLE = "bench"
RIGHTS = ("customer.view", "customer.create")


def fresh_database(backend: str, home: Path, name: str) -> str:
    """The address of an empty database; one of that name is dropped. CRM_BENCH_POSTGRES_URL says where."""
    if backend == "sqlite":
        return f"sqlite+aiosqlite:///{home / name}.db"
    url = os.environ.get("CRM_BENCH_POSTGRES_URL", POSTGRES).format(name=name, rows=name)
    place, _slash, database = url.replace("+asyncpg", "").rpartition("/")
    for command in ("dropdb --if-exists", "createdb"):
        subprocess.run(
            [*command.split(), f"--maintenance-db={place}/postgres", database],
            check=True,
            capture_output=True,
        )
    return url


@asynccontextmanager
async def desk(home: Path, url: str = "") -> AsyncIterator[tuple[Kernel, Actor]]:
    """A running kernel (SQLite below `home` without an address), and a person who may do everything."""
    settings = Settings.load({}, home=home, database_url=url) if url else Settings.load({}, home=home)
    kernel = boot(settings)
    await kernel.upgrade()
    async with kernel.db.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    async with kernel.db.work(None) as work:
        shop = work.add(Dealership(number=1, code="bench", name="Benchmark"))
        await work.flush()
        person = work.add(Staff(dealership_id=shop.id, code="bench", name="Bench", created_at=work.now))
    grants = Grants(permissions=dict.fromkeys(kernel.registry.permissions, Scope.ALL), super=True)
    async with kernel.running():
        yield kernel, Actor(person.id, "Bench", Place(dealership_id=shop.id), grants, via="cli")


async def token_of(kernel: Kernel, actor: Actor) -> str:
    """A token by which programs see and create customers in the person's name."""
    token, now = new_token(), datetime.now(UTC)
    rules = [("p", f"r:{ROLE}", right, "dealership") for right in RIGHTS]
    rules.append(("g", f"u:{actor.id}", f"r:{ROLE}", str(actor.dealership_id)))
    account = Account(
        id=uuid7(), staff_id=actor.id, login=ROLE, password_hash="-", created_at=now, password_changed_at=now
    )
    async with kernel.db.work(None) as work:
        work.add(account)
        await work.flush()
        work.add(
            Token(
                token_hash=fingerprint(token), prefix=token[:8], name=ROLE, account_id=account.id,
                created_at=now, expires_at=now + timedelta(days=1),
            )
        )  # fmt: skip
        names = ("ptype", "v0", "v1", "v2")
        await work.bulk_insert(AccessRule, [dict(zip(names, rule, strict=True)) for rule in rules])
        await kernel.access.store.bump(work)
    return token


def bare(file: Path | str) -> sqlite3.Connection:
    """A SQLite file as the shortest program opens it, with the same care for what is written."""
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def file_of(url: str) -> Path:
    """The file of a SQLite address."""
    return Path(url.partition(":///")[2])
