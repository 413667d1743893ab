"""The only statements that are ever sent to another system's database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, column, literal_column, or_, select, table, text


def read_only(connection: Connection) -> None:
    """Let the database itself refuse whatever would write, where it can."""
    match connection.dialect.name:
        case "sqlite":
            connection.execute(text("PRAGMA query_only = ON"))
        case "postgresql":
            connection.execute(text("SET TRANSACTION READ ONLY"))
        case "mysql" | "mariadb":
            connection.execute(text("SET SESSION TRANSACTION READ ONLY"))


def portion(
    connection: Connection, name: str, key: str, changed: str, start: tuple[Any, Any], limit: int
) -> Sequence[Mapping[str, Any]]:
    """Rows of a table or view behind (change, id), in that order; names are quoted, values bound."""
    schema, _dot, plain = name.rpartition(".")
    place = table(plain, schema=schema or None)
    order: list[Any] = [column(one) for one in (changed, key) if one]
    statement: Any = select(literal_column("*")).select_from(place).order_by(*order).limit(limit)
    since, last = start
    if changed and since is not None:
        later = column(changed) > since
        if last is not None:
            later = or_(later, and_(column(changed) == since, column(key) > last))
        else:
            later = column(changed) >= since
        statement = statement.where(later)
    elif last is not None:
        statement = statement.where(column(key) > last)
    return [dict(row) for row in connection.execute(statement).mappings()]
