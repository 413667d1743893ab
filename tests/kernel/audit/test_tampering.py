"""A thousand hands in the database: one byte, a deletion, a swap, an insertion, a cut: found and named."""

from __future__ import annotations

import random
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from crm_kernel.audit.entries import BulkEntry
from crm_kernel.audit.verification import Verifier
from crm_kernel.dal.types import uuid7
from tests.kernel.audit.module import Visitor

TRIALS = {"sqlite": 1000, "postgresql": 60, "mariadb": 60}
ENTRIES = 12
LOGS = {"change": "crm_audit_change", "access": "crm_audit_access"}
TEXTS = {
    "change": ("via", "request_id", "entity", "verb", "before", "after", "previous_hash", "hash"),
    "access": ("via", "request_id", "verb", "entity", "detail", "previous_hash", "hash"),
}
IDS = ("actor_id", "dealership_id", "record_id")
SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789"


class Undone(Exception):
    """Rolls a trial back."""


class Hand:
    """Alters the database at random, past the software."""

    def __init__(self, connection, draw, log):
        self.connection, self.draw, self.log = connection, draw, log
        self.table = LOGS[log]

    def quoted(self, name):
        return f"`{name}`" if self.connection.dialect.name in ("mysql", "mariadb") else name

    async def all(self, statement, **values):
        return (await self.connection.execute(text(statement), values)).all()

    async def run(self, statement, **values):
        await self.connection.execute(text(statement), values)

    async def number(self):
        (last,) = await self.all(f"SELECT max(number) FROM {self.table}")
        return self.draw.randint(1, last[0])

    async def byte(self):
        """One sign of one text column."""
        number, column = await self.number(), self.draw.choice(TEXTS[self.log])
        name = self.quoted(column)
        ((old,),) = await self.all(f"SELECT {name} FROM {self.table} WHERE number = :n", n=number)
        place = self.draw.randrange(len(old))
        sign = self.draw.choice(SIGNS.replace(old[place].lower(), ""))
        new = old[:place] + sign + old[place + 1 :]
        await self.run(f"UPDATE {self.table} SET {name} = :v WHERE number = :n", v=new, n=number)

    async def value(self):
        """Another value in a column that is no text: an id, the time, the number, the row's place."""
        number = await self.number()
        what = self.draw.choice(("at", "seq", "number", *IDS))
        if what == "at":
            later = {
                "sqlite": "substr(at, 1, 26) || 'z'",
                "postgresql": "at + interval '1 microsecond'",
            }.get(self.connection.dialect.name, "at + interval 1 microsecond")
            await self.run(f"UPDATE {self.table} SET at = {later} WHERE number = :n", n=number)
        elif what in IDS:
            value = uuid7()
            if self.connection.dialect.name != "postgresql":
                value = str(value)
            await self.run(f"UPDATE {self.table} SET {what} = :v WHERE number = :n", v=value, n=number)
        else:
            await self.run(f"UPDATE {self.table} SET {what} = {what} + 1000 WHERE number = :n", n=number)

    async def missing(self):
        await self.run(f"DELETE FROM {self.table} WHERE number = :n", n=await self.number())

    async def tail(self):
        await self.run(f"DELETE FROM {self.table} WHERE number >= :n", n=await self.number())

    async def unnumbered(self):
        await self.run(
            f"UPDATE {self.table} SET number = NULL, hash = NULL, previous_hash = NULL WHERE number = :n",
            n=await self.number(),
        )

    async def swapped(self):
        """Two entries change places, with or without their hashes."""
        one = await self.number()
        other = one % (await self.all(f"SELECT max(number) FROM {self.table}"))[0][0] + 1
        for was, becomes in ((one, -1), (other, one), (-1, other)):
            await self.run(f"UPDATE {self.table} SET number = :b WHERE number = :w", b=becomes, w=was)
        if self.draw.random() < 0.5:
            names = ("previous_hash", "hash")
            rows = {
                n: (await self.all(f"SELECT {', '.join(names)} FROM {self.table} WHERE number = :n", n=n))[0]
                for n in (one, other)
            }
            for n, kept in ((one, rows[other]), (other, rows[one])):
                await self.run(
                    f"UPDATE {self.table} SET previous_hash = :p, hash = :h WHERE number = :n",
                    p=kept[0],
                    h=kept[1],
                    n=n,
                )

    async def inserted(self):
        """A copy of an entry, in the middle (the others move up) or behind the end."""
        number = await self.number()
        (last,) = (await self.all(f"SELECT max(number) FROM {self.table}"))[0]
        target = last + 1
        if self.draw.random() < 0.7:
            target = number
            for moved in range(last, number - 1, -1):
                await self.run(f"UPDATE {self.table} SET number = :b WHERE number = :w", b=moved + 1, w=moved)
            number += 1
        columns = [*TEXTS[self.log], "at", *IDS] + (["reason"] if self.log == "change" else [])
        names = ", ".join(map(self.quoted, columns))
        await self.run(
            f"INSERT INTO {self.table} ({names}, number)"
            f" SELECT {names}, {target} FROM {self.table} WHERE number = :n",
            n=number,
        )

    async def bulk_row(self):
        """A record of a bulk change: altered, removed, or added."""
        rows = await self.all("SELECT change_seq, record_id FROM crm_audit_row ORDER BY record_id")
        seq, record = self.draw.choice(rows)
        which = "WHERE change_seq = :s AND record_id = :r"
        what = self.draw.randrange(3)
        if what == 0:
            name = self.quoted(self.draw.choice(("verb", "before", "after")))
            altered = f"{name} = replace({name}, 'e', 'f')"
            await self.run(f"UPDATE crm_audit_row SET {altered} {which}", s=seq, r=record)
        elif what == 1:
            await self.run(f"DELETE FROM crm_audit_row {which}", s=seq, r=record)
        else:
            names = f"verb, {self.quoted('before')}, {self.quoted('after')}"
            fresh = uuid7() if self.connection.dialect.name == "postgresql" else str(uuid7())
            await self.run(
                f"INSERT INTO crm_audit_row (change_seq, record_id, {names})"
                f" SELECT :t, :f, {names} FROM crm_audit_row {which}",
                t=seq if self.draw.random() < 0.5 else 1,
                f=fresh,
                s=seq,
                r=record,
            )

    async def head(self):
        column = self.draw.choice(("number", "hash", "cut_number", "cut_hash", "signature"))
        value = "number + 1" if column.endswith("number") else f"'{self.draw.randrange(10**9):064}'"
        await self.run(f"UPDATE crm_audit_head SET {column} = {value} WHERE log = :l", l=self.log)


UNGUARDED = {
    "sqlite": ("PRAGMA defer_foreign_keys = ON", ""),
    "postgresql": ("SET LOCAL session_replication_role = replica", ""),
    "mariadb": ("SET FOREIGN_KEY_CHECKS = 0", "SET FOREIGN_KEY_CHECKS = 1"),
}
"""Whoever alters the database by hand is not held up by its foreign keys."""

DEEDS = ("byte", "byte", "byte", "value", "value", "missing", "tail", "unnumbered")
DEEDS += ("swapped", "inserted", "bulk_row", "head")


@pytest.fixture
async def written(kernel, admin):
    """Both logs with some entries, bulk changes among them, all sealed."""
    audit = kernel.service("audit")
    ids = []
    for n in range(ENTRIES):
        async with kernel.db.work(admin) as work:
            work.reason = "试驾"
            visitor = work.add(Visitor(name=f"王{n}", mobile="13800001234", level="A"))
        ids.append(visitor.id)
        await audit.accessed(admin, "printed", "visitor", ids[-1], {"n": n})
    async with kernel.db.work(admin) as work:
        rows = [BulkEntry(one, "change", {"level": "A"}, {"level": "B"}) for one in ids[:4]]
        await audit.bulk(work, "visitor", rows)
    await kernel.service("audit_chain").seal()


@asynccontextmanager
async def undone(kernel):
    """A connection whose doings are seen by the verifier, and rolled back afterwards."""
    async with kernel.db.engine.connect() as connection:
        outer = await connection.begin()
        before, after = UNGUARDED[connection.dialect.name.replace("mysql", "mariadb")]
        await connection.execute(text(before))
        try:
            async with kernel.db.sharing(connection):
                yield connection
        finally:
            await outer.rollback()
            if after:
                await connection.execute(text(after))


async def test_whatever_is_altered_in_the_database_is_found_and_named(kernel, written, database):
    draw = random.Random(20261126)
    assert (await Verifier(kernel).verify()).ok
    named = set()
    for trial in range(TRIALS[database.backend]):
        log, deed = draw.choice(tuple(LOGS)), draw.choice(DEEDS)
        async with undone(kernel) as connection:
            await getattr(Hand(connection, draw, log), deed)()
            finding = (await Verifier(kernel).verify()).finding
        assert finding is not None, f"trial {trial}: {deed} in {log} was not found"
        assert finding.log == ("change" if deed == "bulk_row" else log)
        named.add(finding.code)
    assert named >= {"changed", "unlinked", "missing", "cut_tail", "beyond", "rows", "head"}
    assert (await Verifier(kernel).verify()).ok


async def test_an_entry_that_cannot_even_be_read_is_named(kernel, written, database):
    if database.backend != "sqlite":
        pytest.skip("the servers refuse text that is none")
    async with undone(kernel) as connection:
        await connection.execute(
            text("UPDATE crm_audit_change SET after = CAST(x'7bff7d' AS TEXT) WHERE number = 3")
        )
        finding = (await Verifier(kernel).verify()).finding
    assert (finding.code, finding.number) == ("unreadable", 3)
