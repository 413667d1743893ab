"""The table of search tokens, and the index each database keeps over it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Connection, Dialect, Integer, String, Table, Text, event, types
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.types import Id

FTS = "crm_search_fts"
INDEX = "ix_crm_search_tokens"
PENDING_KILOBYTES = 1024
"""What PostgreSQL may put aside before it enters it into the index; every search reads it through."""


class Tokens(types.TypeDecorator[str]):
    """Tokens parted by blanks; a `tsvector` on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TSVECTOR())
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.MEDIUMTEXT(charset="ascii", collation="ascii_bin"))
        return dialect.type_descriptor(Text())


class SearchDocument(Base):
    """What one record can be found by. `seq` grows with every new record, so that newest comes first."""

    __tablename__ = "crm_search"
    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    record_id: Mapped[UUID] = mapped_column(Id, unique=True)
    entity: Mapped[str] = mapped_column(String(60))
    dealership_id: Mapped[UUID] = mapped_column(Id)
    tokens: Mapped[str] = mapped_column(Tokens)


_SQLITE = """
CREATE VIRTUAL TABLE IF NOT EXISTS crm_search_fts USING fts5(tokens, content='', detail=none)
;;
CREATE TRIGGER IF NOT EXISTS crm_search_added AFTER INSERT ON crm_search BEGIN
  INSERT INTO crm_search_fts(rowid, tokens) VALUES (new.seq, new.tokens);
END
;;
CREATE TRIGGER IF NOT EXISTS crm_search_removed AFTER DELETE ON crm_search BEGIN
  INSERT INTO crm_search_fts(crm_search_fts, rowid, tokens) VALUES ('delete', old.seq, old.tokens);
END
;;
CREATE TRIGGER IF NOT EXISTS crm_search_changed AFTER UPDATE OF tokens ON crm_search BEGIN
  INSERT INTO crm_search_fts(crm_search_fts, rowid, tokens) VALUES ('delete', old.seq, old.tokens);
  INSERT INTO crm_search_fts(rowid, tokens) VALUES (new.seq, new.tokens);
END
"""


def create_search_index(connection: Connection) -> None:
    """Put the full-text index over `crm_search`; harmless where it stands already. For migrations."""
    match connection.dialect.name:
        case "sqlite":
            for statement in _SQLITE.split(";;"):
                connection.exec_driver_sql(statement)
        case "postgresql":
            connection.exec_driver_sql(
                f"CREATE INDEX IF NOT EXISTS {INDEX} ON crm_search USING gin (tokens)"
                f" WITH (gin_pending_list_limit={PENDING_KILOBYTES})"
            )
        case _:
            connection.exec_driver_sql(f"CREATE FULLTEXT INDEX IF NOT EXISTS {INDEX} ON crm_search (tokens)")


def drop_search_index(connection: Connection) -> None:
    """Remove what `create_search_index` made outside the table itself."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {FTS}")


@event.listens_for(SearchDocument.__table__, "after_create")
def _with_index(_table: Table, connection: Connection, **_options: Any) -> None:
    create_search_index(connection)


@event.listens_for(SearchDocument.__table__, "after_drop")
def _without_index(_table: Table, connection: Connection, **_options: Any) -> None:
    drop_search_index(connection)
