"""What databases report, in the words of crm_kernel.errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from crm_kernel.errors import CrmError, Stale, Unavailable
from crm_kernel.text import messages

_ = messages("kernel")

_SQLITE_BUSY = frozenset((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED))
_SQLITE_GONE = frozenset((sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN))
# SQLSTATE classes and codes: serialization failure, deadlock, lock not available; constraints; room.
_STATES_BUSY = frozenset(("40001", "40P01", "55P03"))
_STATES_BROKEN = "23"
_STATES_FULL = frozenset(("53100", "53200"))
# 08 connection exception, 57P administrator or crash shutdown, 53300 too many connections.
_STATES_GONE = ("08", "57P", "53300")
# MariaDB: lock wait timeout, deadlock; table or disk full; server gone, cannot connect, shutdown.
_MARIADB_BUSY = frozenset((1205, 1213))
_MARIADB_FULL = frozenset((1021, 1114))
_MARIADB_GONE = frozenset((1040, 1053, 1927, 2002, 2003, 2006, 2013, 2014, 2055))


@contextmanager
def constrained() -> Iterator[None]:
    """Around a driver that SQLAlchemy does not see: a broken constraint is reported as SQLAlchemy does."""
    try:
        yield
    except Exception as fault:
        broken = isinstance(fault, sqlite3.IntegrityError) or _sqlstate(fault).startswith(_STATES_BROKEN)
        if isinstance(fault, DBAPIError) or not broken:
            raise
        raise IntegrityError("INSERT", None, fault, hide_parameters=True) from fault


@contextmanager
def answering() -> Iterator[None]:
    """Around talk with a database: turns its faults into ours."""
    try:
        yield
    except Exception as fault:
        known = talking(fault)
        if known is None:
            raise
        raise known from fault


def talking(fault: Exception) -> CrmError | None:
    """Like `translate`, where nothing but the database can have failed: a broken line counts too."""
    known = translate(fault)
    return _gone() if known is None and isinstance(fault, OSError | TimeoutError) else known


def translate(fault: BaseException) -> CrmError | None:
    """Unavailable or Stale for a database's fault; None for a broken constraint and every other fault."""
    if isinstance(fault, StaleDataError):
        return Stale({}, {})
    if isinstance(fault, PoolTimeout) or (isinstance(fault, DBAPIError) and fault.connection_invalidated):
        return _gone()
    original = fault.orig if isinstance(fault, DBAPIError) else fault
    if isinstance(original, sqlite3.Error):
        code = (getattr(original, "sqlite_errorcode", None) or 0) & 0xFF
        return _kind(code in _SQLITE_BUSY, code == sqlite3.SQLITE_FULL, code in _SQLITE_GONE)
    state = _sqlstate(original)
    if state:
        return _kind(state in _STATES_BUSY, state in _STATES_FULL, state.startswith(_STATES_GONE))
    number = _number(original) if isinstance(fault, DBAPIError) else 0
    return _kind(number in _MARIADB_BUSY, number in _MARIADB_FULL, number in _MARIADB_GONE)


def broke_constraint(fault: BaseException) -> bool:
    """Whether a row was refused because another with its key is there, or one it points at is not."""
    return isinstance(fault, IntegrityError) or _sqlstate(fault).startswith(_STATES_BROKEN)


def _sqlstate(original: Any) -> str:
    found = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)
    return found if isinstance(found, str) else ""


def _number(original: Any) -> int:
    first = original.args[0] if getattr(original, "args", None) else 0
    return first if isinstance(first, int) else 0


def _kind(busy: bool, full: bool, gone: bool) -> CrmError | None:
    if busy:
        return Unavailable(_("The database is busy. Try again in a moment."), retry_after=1)
    if full:
        return Unavailable(_("The database has no room left. Tell your administrator."), retry_after=60)
    return _gone() if gone else None


def _gone() -> Unavailable:
    return Unavailable(_("The database does not answer. Try again in a moment."))
