"""Column types that mean the same on SQLite, PostgreSQL and MariaDB.

On SQLite values lie as they are sent (dashed UUID text, RFC 3339 text), so that reading needs no conversion.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Dialect, String, Text, types
from sqlalchemy.dialects import mysql, postgresql

from crm_kernel.dal.crypto import KeyRing

_latest = [0]


def uuid7() -> UUID:
    """A time-ordered identifier (RFC 9562): 48 bits of milliseconds, 12 of their fraction, 62 random ones.

    Within one process each is greater than the one before, also when the clock is set back.
    """
    return uuid7_many(1)[0]


def uuid7_many(count: int) -> list[UUID]:
    """Many of them at once, in their order."""
    start = max((time.time_ns() << 12) // 1_000_000, _latest[0] + 1)
    _latest[0] = start + count - 1
    drawn = os.urandom(8 * count)
    found = []
    for place in range(count):
        ticks = start + place
        random = int.from_bytes(drawn[place * 8 : place * 8 + 8]) & 0x3FFF_FFFF_FFFF_FFFF
        number = ticks >> 12 << 80 | 0x7000 << 64 | (ticks & 0xFFF) << 64 | 0x8000 << 48 | random
        found.append(UUID(int=number))
    return found


class Id(types.TypeDecorator[UUID]):
    """A UUID: native on PostgreSQL and MariaDB, dashed text on SQLite."""

    impl = String(36)
    cache_ok = True

    @property
    def python_type(self) -> type[Any]:
        return UUID

    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID(as_uuid=True))
        return dialect.type_descriptor(String(36))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        if dialect.name == "postgresql":
            return value if isinstance(value, UUID) else UUID(str(value))
        return str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        return value if value is None or isinstance(value, UUID) else UUID(value)


class UtcTime(types.TypeDecorator[datetime]):
    """A moment in UTC with microseconds; naive values are refused."""

    impl = types.DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[Any]:
        return datetime

    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(types.DateTime(timezone=True))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone cannot be stored")
        moment = value.astimezone(UTC)
        if dialect.name == "sqlite":
            return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Amount(types.TypeDecorator[Decimal]):
    """Money to two places as Decimal; SQLite keeps the exact count of hundredths."""

    impl = types.Numeric(18, 2)
    cache_ok = True

    @property
    def python_type(self) -> type[Any]:
        return Decimal

    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(types.Numeric(18, 2))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        exact = Decimal(value).quantize(Decimal("0.01"))
        return int(exact * 100) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value).scaleb(-2) if dialect.name == "sqlite" else Decimal(value)


class Json(types.TypeDecorator[Any]):
    """Any JSON value, kept as text so that reading can pass it on unparsed. Never null."""

    impl = Text
    cache_ok = True

    @property
    def python_type(self) -> type[Any]:
        return object

    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.LONGTEXT())
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        import msgspec

        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        import msgspec

        return None if value is None else msgspec.json.decode(value)

    def compare_values(self, x: Any, y: Any) -> bool:
        return bool(x == y)


class Encrypted(types.TypeDecorator[str]):
    """Text that lies encrypted; `context` is the table and column it belongs to.

    The engine's dialect carries the key ring, so that several databases with several keys can be open.
    """

    impl = Text
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context
        self._bytes = context.encode()

    def encrypt_many(self, values: Sequence[Any], dialect: Dialect) -> list[str | None]:
        """Many values of the column as they are stored."""
        return ring_of(dialect).encrypt_many(self._bytes, [self.plain(value) for value in values])

    def plain(self, value: Any) -> str | None:
        """A value as the text that is encrypted."""
        return value  # type: ignore[no-any-return]

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else ring_of(dialect).encrypt(self._bytes, self.plain(value) or "")

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else ring_of(dialect).decrypt(self._bytes, value)


class EncryptedJson(Encrypted):
    """A JSON value that lies encrypted."""

    cache_ok = True

    def plain(self, value: Any) -> str | None:
        import msgspec

        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        import msgspec

        text = super().process_result_value(value, dialect)
        return None if text is None else msgspec.json.decode(text)

    def compare_values(self, x: Any, y: Any) -> bool:
        return bool(x == y)


def ring_of(dialect: Dialect) -> KeyRing:
    """The key ring of an engine, put there when the database is opened."""
    ring: KeyRing = dialect.crm_keys  # type: ignore[attr-defined]
    return ring
