"""What a statement is worth: short enough for the loop, repeatable, or one of many rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

Values = Sequence[Any]

FEW = 500
"""Values of a statement that is still short."""
TOGETHER = 128
"""Rows inserted by one statement, or a smaller power of two: few shapes to compile."""
MOST_VALUES = 32_766
"""What one statement may bind."""

_KINDS = re.compile(
    r"\s*(?:(?P<query>SELECT\b)|(?P<undoing>ROLLBACK\b)"
    r"|(?P<short>SAVEPOINT|RELEASE|INSERT(?!.*\bSELECT\b)"
    r"|UPDATE.* WHERE \w+\.id = \?(?: AND \w+\.version = \?)?$))",
    re.DOTALL,
)


@lru_cache(maxsize=2048)
def kind_of(sql: str) -> str:
    """`query` may be cut and run again, `short` touches no more rows than it brings values for.

    `undoing` takes back what went before; anything else is `long`.
    """
    found = _KINDS.match(sql)
    return found.lastgroup or "long" if found is not None else "long"


@lru_cache(maxsize=512)
def insertion_of(sql: str, count: int) -> str:
    """An insertion of one row as an insertion of several."""
    return sql + f", {sql[sql.rindex('(') :]}" * (count - 1)
