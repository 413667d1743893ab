"""MariaDB takes no table change back when a migration fails half-way: a step done before is skipped."""

from __future__ import annotations

import re
from typing import Any

_STEP = re.compile(
    r"""^\s*(?:
        (?P<make>CREATE\ TABLE | CREATE\ (?:UNIQUE\ |FULLTEXT\ )?INDEX
            | ALTER\ TABLE\ \S+\ ADD\ (?:COLUMN|CONSTRAINT))
        | (?P<take>DROP\ (?:TABLE|INDEX) | ALTER\ TABLE\ \S+\ DROP\ (?:COLUMN|CONSTRAINT|FOREIGN\ KEY))
    )(?!\ IF)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def if_not_done(
    _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
) -> tuple[str, Any]:
    """For SQLAlchemy's `before_cursor_execute`: the same table change, skipped where it was made already."""
    step = _STEP.match(statement)
    if step is None:
        return statement, parameters
    condition = " IF NOT EXISTS" if step["make"] else " IF EXISTS"
    return statement[: step.end()] + condition + statement[step.end() :], parameters
