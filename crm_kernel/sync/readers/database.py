"""A table or view of another database, read in the order of its changes and never written."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from sqlalchemy import create_engine
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from crm_kernel.sync.readers import database_store as store
from crm_kernel.sync.readers.folder import SETTING, allowed_folders, inside
from crm_kernel.sync.readers.port import Option, Place, Portion, Reader, ReaderFault, Watermark
from crm_kernel.sync.rows import MOST_ROWS
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

SECONDS = 60.0
OVERLAP = timedelta(minutes=5)
"""How far a new round goes back: rows of transactions that committed late carry an earlier time of change."""


class DatabaseReader(Reader):
    """With a column of change, each round reads what changed since; without one, all rows in the order of
    ids."""

    label: ClassVar[Text] = _("SQL view")
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "table", _("Table or view"), required=True, hint=_("With its schema where needed: dbo.customers")
        ),
        Option("changed", _("Column of the last change"), hint=_("Empty: every round reads all rows.")),
    )
    secret: ClassVar[Text | None] = _("Database address (SQLAlchemy URL with user and password)")

    def __init__(self, kernel: Kernel) -> None:
        self._roots = allowed_folders(kernel.settings.extra.get(SETTING, ""))

    def check(self, place: Place) -> None:
        """The address can be read as one, and a file is one that may be read."""
        self._url(place)
        if not place.get("table"):
            raise ReaderFault(_("Name the table or view."))

    def _url(self, place: Place) -> URL:
        try:
            url = make_url(place.secret.strip())
            url.get_dialect()
        except (ArgumentError, SQLAlchemyError, ImportError) as fault:
            raise ReaderFault(
                _("The address of the database cannot be read, or its driver is missing.")
            ) from fault
        if url.get_backend_name() == "sqlite":
            inside(url.database or "", self._roots)
        return url

    async def read(self, place: Place, watermark: Watermark) -> Portion:
        """The next rows by (change, id)."""
        self.check(place)
        url, start = self._url(place), _start(watermark)
        try:
            async with asyncio.timeout(SECONDS):
                rows = await _fetch(url, place, start)
        except TimeoutError as fault:
            raise ReaderFault(_("The database does not answer.")) from fault
        except (SQLAlchemyError, OSError) as fault:
            raise ReaderFault(
                _("The database refuses to be read: {fault}")(
                    fault=type(getattr(fault, "orig", fault)).__name__
                )
            ) from fault
        more = len(rows) == MOST_ROWS
        if not rows:
            return Portion((), {**watermark, "id": None})
        last = rows[-1]
        changed = place.get("changed")
        mark = {
            "changed": _coded(last[changed]) if changed else None,
            "id": _coded(last[place.get("id")]) if more else None,
        }
        return Portion(rows, mark, more=more)


def _start(watermark: Watermark) -> tuple[Any, Any]:
    """(change, id) to go on behind; a new round (no id) begins a little earlier."""
    changed, last = _decoded(watermark.get("changed")), _decoded(watermark.get("id"))
    if last is None and isinstance(changed, datetime):
        changed -= OVERLAP
    return changed, last


async def _fetch(url: URL, place: Place, start: tuple[Any, Any]) -> Sequence[Mapping[str, Any]]:
    def rows(connection: Connection) -> Sequence[Mapping[str, Any]]:
        store.read_only(connection)
        return store.portion(
            connection, place.get("table"), place.get("id"), place.get("changed"), start, MOST_ROWS
        )

    if url.get_dialect().is_async:
        engine = create_async_engine(url, hide_parameters=True)
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(rows)
        finally:
            await engine.dispose()
    return await asyncio.to_thread(_fetch_plainly, url, rows)


def _fetch_plainly(url: URL, rows: Any) -> Sequence[Mapping[str, Any]]:
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise ReaderFault(_("There is no database {path}.")(path=url.database))
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            found: Sequence[Mapping[str, Any]] = rows(connection)
            return found
    finally:
        engine.dispose()


def _coded(value: Any) -> list[str] | None:
    """A value with its type, to be compared with the column again later."""
    if value is None:
        return None
    kind = "datetime" if isinstance(value, datetime) else type(value).__name__
    text = value.isoformat() if isinstance(value, date) else str(value)
    return [kind, text]


def _decoded(coded: Any) -> Any:
    if coded is None:
        return None
    kind, text = coded
    makers: dict[str, Any] = {
        "datetime": datetime.fromisoformat,
        "date": date.fromisoformat,
        "int": int,
        "float": float,
        "Decimal": Decimal,
        "UUID": UUID,
    }
    return makers.get(kind, str)(text)
