"""Data access: scoped statements, units of work, column types, migrations. Knows no web."""
