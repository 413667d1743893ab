"""Statements over the search tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    String,
    bindparam,
    column,
    delete,
    insert,
    literal,
    literal_column,
    select,
    table,
    update,
)
from sqlalchemy.dialects import mysql, postgresql

from crm_kernel.actor import Access, Scope
from crm_kernel.contributions import Entity
from crm_kernel.dal.scoped import Scoped, scoped, trusted
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.records.search.models import FTS, SearchDocument

CHUNK = 500
MOST_HITS = 400

MERGED = 2
"""Fewer changed rows than this mean that a merge found nothing to do (the documentation of FTS5)."""

_fts = table(FTS, column("rowid"))
_merging = table(FTS, column(FTS), column("rank"))
_document: Any = SearchDocument.__table__


async def put(work: UnitOfWork, documents: Sequence[Mapping[str, Any]], *, new: bool = False) -> None:
    """Keep documents: `record_id`, `entity`, `dealership_id`, `tokens` each. `new`: none is there yet."""
    if new:
        await work.bulk_insert(SearchDocument, documents)
        return
    for start in range(0, len(documents), CHUNK):
        part = documents[start : start + CHUNK]
        there = await known(work, [one["record_id"] for one in part])
        await work.bulk_insert(SearchDocument, [one for one in part if one["record_id"] not in there])
        stale = [
            {"which": one["record_id"], "words": one["tokens"]} for one in part if one["record_id"] in there
        ]
        if stale:
            statement = (
                update(_document)
                .where(_document.c.record_id == bindparam("which"))
                .values(tokens=bindparam("words"))
            )
            await work.execute(statement, stale)


async def known(work: UnitOfWork, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the records that have a document."""
    statement = select(SearchDocument.record_id).where(SearchDocument.record_id.in_(ids))
    return set(await work.rows(trusted(statement)))


async def remove(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """Forget records."""
    await work.execute(delete(_document).where(_document.c.record_id.in_(list(ids))))


async def remove_all(work: UnitOfWork, entity: str) -> None:
    """Forget every record of an entity, before it is indexed anew."""
    await work.execute(delete(_document).where(_document.c.entity == entity))


def candidates(
    access: Access,
    entity: Entity,
    columns: Sequence[Any],
    dialect: str,
    *,
    deleted: bool | None = False,
    limit: Any,
) -> Scoped:
    """Columns of the newest records within the access's scope whose tokens meet `search_tokens`."""
    model = entity.model
    found = scoped(access, model, *columns, deleted=deleted)
    if dialect == "postgresql":
        hits = _newest(entity, dialect, most=access.scope >= Scope.DEALERSHIP)
        found = found.join(hits, hits.c.record_id == model.id).order_by(hits.c.seq.desc())
    else:
        found = found.join(_document, _document.c.record_id == model.id)
        newest = _document.c.seq
        if dialect == "sqlite":
            found = found.join(_fts, _fts.c.rowid == _document.c.seq)
            newest = _fts.c.rowid
        found = found.where(match(dialect), _document.c.entity == literal(entity.name))
        found = found.order_by(newest.desc())
    return found.limit(limit)


def _newest(entity: Entity, dialect: str, *, most: bool) -> Any:
    """The hits themselves, newest first. A sum hides the order from the planner, which would else walk the
    whole table backwards for a rare word; who sees only some records of a dealership gets no limit here."""
    newest = (_document.c.seq + literal_column("0")).desc()
    found = (
        select(_document.c.seq, _document.c.record_id)
        .where(match(dialect), _document.c.entity == literal(entity.name))
        .order_by(newest)
    )
    return (
        found.limit(literal_column(str(MOST_HITS))) if most else found.offset(literal_column("0"))
    ).subquery("hits")


Expression = Sequence[Sequence[Sequence[Sequence[str]]]]
"""Any of these (one per dealership) whose every word has any of its groups with all of its tokens."""


def match(dialect: str) -> ColumnElement[bool]:
    """The condition on the index; the expression is bound as `search_tokens`."""
    if dialect == "sqlite":
        return literal_column(FTS).op("MATCH", is_comparison=True)(bindparam("search_tokens", type_=String()))
    if dialect == "postgresql":
        asked = bindparam("search_tokens", type_=postgresql.TSQUERY())
        meets: ColumnElement[bool] = _document.c.tokens.bool_op("@@")(asked)
        return meets
    found: ColumnElement[bool] = mysql.match(
        _document.c.tokens, against=bindparam("search_tokens", type_=String()), in_boolean_mode=True
    )
    return found


def write(expression: Expression, dialect: str) -> str:
    """The expression in the language of the database's index. Tokens are letters and digits only."""
    if dialect in ("mysql", "mariadb"):
        return " ".join("(" + " ".join(_mariadb_word(groups) for groups in shop) + ")" for shop in expression)
    both, either = (" AND ", " OR ") if dialect == "sqlite" else (" & ", " | ")
    return either.join(
        "("
        + both.join("(" + either.join(_all(group, both) for group in groups) + ")" for groups in shop)
        + ")"
        for shop in expression
    )


def _all(tokens: Sequence[str], both: str) -> str:
    return "(" + both.join(tokens) + ")"


def _mariadb_word(groups: Sequence[Sequence[str]]) -> str:
    each = ["(" + " ".join(f"+{token}" for token in group) + ")" for group in groups]
    return "+" + (each[0] if len(each) == 1 else "(" + " ".join(each) + ")")


def all_after(model: type[Any], last: UUID | None, count: int) -> Scoped:
    """The next records of a table in order of their ids, whoever owns them: for indexing anew."""
    statement = select(model).order_by(model.id).limit(count)
    return trusted(statement if last is None else statement.where(model.id > last))


def columns_of_ids(model: type[Any], names: Sequence[str], ids: Sequence[UUID]) -> Scoped:
    """Columns of records just written, whoever owns them."""
    return trusted(select(*(getattr(model, name) for name in names)).where(model.id.in_(list(ids))))


async def merge(work: UnitOfWork, pages: int) -> bool:
    """Merge pieces of SQLite's full-text index; negative pages begin anew. Whether there is more to do."""
    changes: Any = literal_column("total_changes()")
    before = await work.first(trusted(select(changes)))
    command = insert(_merging).values({FTS: "merge", "rank": pages})
    await work.execute(command)
    return int(await work.first(trusted(select(changes)))) - int(before) >= MERGED
