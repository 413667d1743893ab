"""Cursors of lists that are kept beside records: a moment and an id, newest or oldest first."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_

from crm_kernel.errors import Malformed
from crm_kernel.text import messages

_ = messages("kernel")


class Mark(NamedTuple):
    """Where a page ended."""

    at: datetime
    id: UUID

    def encode(self) -> str:
        """The mark as an opaque cursor."""
        micro = round(self.at.timestamp() * 1_000_000)
        return base64.urlsafe_b64encode(micro.to_bytes(8, signed=True) + self.id.bytes).decode()

    @classmethod
    def decode(cls, cursor: str | None) -> Mark | None:
        """The mark of a cursor; None without one. Raises Malformed when it was made up."""
        if not cursor:
            return None
        try:
            raw = base64.b64decode(cursor, altchars=b"-_", validate=True)
            if len(raw) != 24:
                raise ValueError(len(raw))
            seconds, micro = divmod(int.from_bytes(raw[:8], signed=True), 1_000_000)
            moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=micro)
            return cls(moment, UUID(bytes=raw[8:]))
        except (binascii.Error, ValueError, OverflowError, OSError) as fault:
            raise Malformed(
                _("This page address is broken. Start again from the first page."), code="bad_cursor"
            ) from fault

    def beyond(self, at: Any, id: Any, *, descending: bool) -> ColumnElement[bool]:
        """The rows behind the mark in the order of the columns `at`, `id`."""
        first = at <= self.at if descending else at >= self.at
        further = at < self.at if descending else at > self.at
        last = id < self.id if descending else id > self.id
        found: ColumnElement[bool] = and_(first, or_(further, last))
        return found
