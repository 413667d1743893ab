"""A copy of tables in another schema of the same database, names of indexes and constraints included."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

COLUMNS = "INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING IDENTITY INCLUDING STORAGE"
CONSTRAINTS = """
SELECT c.conname, pg_get_constraintdef(c.oid), c.conindid FROM pg_constraint c
WHERE c.conrelid = to_regclass($1) AND c.contype IN ('p', 'u', 'c', 'f') ORDER BY c.contype = 'f'
"""
INDEXES = """
SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = to_regclass($1) AND NOT EXISTS
(SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))
"""
COUNTERS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = $1 AND column_default LIKE 'nextval(%'
"""


def copy_schema(connection: Connection, schema: str, tables: Sequence[str]) -> None:
    """Make `schema` and fill it with copies of `tables`; its counters are its own."""
    execute = connection.exec_driver_sql
    origin = str(execute("SELECT current_schema()").scalar_one())
    execute(f'CREATE SCHEMA "{schema}"')
    keys: list[str] = []
    for table in tables:
        source, target = f'"{origin}"."{table}"', f'"{schema}"."{table}"'
        execute(f"CREATE TABLE {target} (LIKE {source} {COLUMNS})")
        for (column,) in execute(COUNTERS, (table,)).all():
            _own_counter(connection, schema, table, column)
        execute(f"INSERT INTO {target} SELECT * FROM {source}")  # noqa: S608 - names of tables of ours
        for (definition,) in execute(INDEXES, (source,)).all():
            execute(str(definition).replace(f" ON {origin}.", f' ON "{schema}".', 1))
        for name, definition, _index in execute(CONSTRAINTS, (source,)).all():
            step = f'ALTER TABLE {target} ADD CONSTRAINT "{name}" {definition}'
            (keys.append if definition.startswith("FOREIGN KEY") else execute)(step)
    execute(f'SET LOCAL search_path TO "{schema}"')
    for step in keys:
        execute(step.replace(f"REFERENCES {origin}.", "REFERENCES "))


def _own_counter(connection: Connection, schema: str, table: str, column: str) -> None:
    execute = connection.exec_driver_sql
    counter = f'"{schema}"."{table}_{column}_seq"'
    source = f'SELECT COALESCE(MAX("{column}"), 0) + 1 FROM "{table}"'  # noqa: S608 - names of a table of ours
    start = int(execute(source).scalar_one())
    execute(f"CREATE SEQUENCE {counter} START {start}")
    execute(f"""ALTER TABLE "{schema}"."{table}" ALTER "{column}" SET DEFAULT nextval('{counter}')""")
