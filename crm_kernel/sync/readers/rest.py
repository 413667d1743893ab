"""An HTTP interface that lists records as JSON, page by page, where it can only what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from crm_kernel.outbound.addresses import Refused, target
from crm_kernel.outbound.client import Interrupted, NotReached
from crm_kernel.sync.readers.port import Option, Place, Portion, Reader, ReaderFault, Watermark
from crm_kernel.sync.rows import MOST_ROWS
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

SECONDS = 30.0
BYTES = 16 << 20


class RestReader(Reader):
    """An answer is a list, or an object with a list and maybe the next page: a cursor, or an address of the
    same machine. Called through the kernel's one client, so only machines that may be called."""

    label: ClassVar[Text] = _("HTTP interface")
    options: ClassVar[tuple[Option, ...]] = (
        Option("url", _("Address"), required=True),
        Option("items", _("Where the list stands"), hint=_("Empty: items, or the answer itself.")),
        Option("next", _("Where the next page stands"), hint=_("Empty: next.")),
        Option("cursor", _("Parameter for the next page"), hint=_("Empty: cursor.")),
        Option("since", _("Parameter for the time of change"), hint=_("Empty: every round reads all.")),
        Option("changed", _("Field of the last change")),
        Option("header", _("Header that carries the key"), hint=_("Empty: Authorization.")),
    )
    secret: ClassVar[Text | None] = _("Key (for instance: Bearer ...)")

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def check(self, place: Place) -> None:
        """The address can be read as one."""
        try:
            target(place.get("url"))
        except Refused as fault:
            raise ReaderFault(fault.message) from fault

    async def read(self, place: Place, watermark: Watermark) -> Portion:
        """The next page."""
        self.check(place)
        headers = {"accept": "application/json"}
        if place.secret:
            headers[place.get("header", "Authorization").lower()] = place.secret
        try:
            answer = await self._kernel.service("outbound").send(
                "GET", _address(place, watermark), headers=headers, seconds=SECONDS, limit=BYTES
            )
        except Refused as fault:
            raise ReaderFault(fault.message) from fault
        except (NotReached, Interrupted) as fault:
            raise ReaderFault(_("The other system does not answer.")) from fault
        if answer.status != 200:
            raise ReaderFault(_("The other system answers {status}.")(status=answer.status))
        rows, following = _page(place, answer.body)
        skip = int(watermark.get("skip") or 0)
        if len(rows) > skip + MOST_ROWS:  # a page may hold more than is taken at once
            further = {**watermark, "skip": skip + MOST_ROWS}
            return Portion(rows[skip : skip + MOST_ROWS], further, more=True)
        seen = _latest(rows, place.get("changed"), watermark.get("seen") or watermark.get("since"))
        if following:
            mark = {"since": watermark.get("since"), "seen": seen, "cursor": following}
            return Portion(rows[skip:], mark, more=True)
        return Portion(rows[skip:], {"since": seen})


def _address(place: Place, watermark: Watermark) -> str:
    parts = urlsplit(place.get("url"))
    cursor = watermark.get("cursor")
    if cursor and str(cursor).startswith(("http://", "https://")):
        following = urlsplit(str(cursor))
        if (following.scheme, following.netloc) != (parts.scheme, parts.netloc):
            raise ReaderFault(_("The next page lies on another machine; it is not followed."))
        return str(cursor)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    if cursor:
        asked.append((place.get("cursor", "cursor"), str(cursor)))
    if place.get("since") and watermark.get("since"):
        asked.append((place.get("since"), str(watermark["since"])))
    return urlunsplit(parts._replace(query=urlencode(asked)))


def _page(place: Place, body: bytes) -> tuple[list[Mapping[str, Any]], Any]:
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError as fault:
        raise ReaderFault(_("The other system does not answer in JSON.")) from fault
    if isinstance(found, list):
        return _objects(found), None
    if not isinstance(found, dict):
        raise ReaderFault(_("The answer holds no list of objects."))
    return _objects(_within(found, place.get("items", "items"))), _within(found, place.get("next", "next"))


def _within(document: Any, path: str) -> Any:
    for step in path.split("."):
        document = document.get(step) if isinstance(document, dict) else None
    return document


def _objects(found: Any) -> list[Mapping[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ReaderFault(_("The answer holds no list of objects."))
    return found


def _latest(rows: Sequence[Mapping[str, Any]], changed: str, former: Any) -> Any:
    """The greatest time of change so far; times compare as texts in ISO form."""
    times = [str(row[changed]) for row in rows if changed and row.get(changed)]
    return max([*times, *([str(former)] if former else [])], default=None)
