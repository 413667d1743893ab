"""A message as it came over the wire, read into words: broken headers and Chinese encodings included."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from email.utils import parseaddr, parsedate_to_datetime
from html.parser import HTMLParser

from crm_kernel.mail.automatic import automatic

MOST_TEXT = 20_000
MOST_PARTS = 200
MOST_IDS = 50
SUBJECT = 300

_ID = re.compile(r"<[^<>\s]{1,900}>")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LARGER = {
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "cp936", "gb_2312-80", "csgb2312", "gb18030"), "gb18030"),
    **dict.fromkeys(("big5", "x-x-big5", "cp950", "big5-hkscs"), "big5hkscs"),
}
"""Senders name the smaller set and use characters of the larger."""


class Unreadable(Exception):
    """This is no message, or one nobody can read."""


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file that came with a message."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class MailMessage:
    """What a message says. `automatic` names why it is no person's, empty for a person's.

    `references` are the ids of messages it answers, the nearest first.
    """

    message_id: str
    references: tuple[str, ...]
    subject: str
    sender: str
    sender_name: str
    sent_at: datetime | None
    text: str
    files: tuple[MailFile, ...]
    automatic: str = ""

    @property
    def digest(self) -> str:
        """What it is known by."""
        return digest_of(self.message_id)


def digest_of(message_id: str) -> str:
    """A message id as it is kept."""
    return hashlib.sha256(message_id.encode("utf-8", "surrogateescape")).hexdigest()


def read_message(raw: bytes) -> MailMessage:
    """Read a message. Raises Unreadable."""
    try:
        message = message_from_bytes(raw, policy=compat32)
        headers = _Headers(message)
        parts = list(_leaves(message))
    except (MessageError, ValueError, RecursionError, LookupError, TypeError) as fault:
        raise Unreadable from fault
    name, address = parseaddr(headers.plain("from"))
    text, files = _content(parts)
    subject = _line(headers.words("subject"))[:SUBJECT]
    if not (address or subject) and not headers.plain("date"):
        raise Unreadable
    own = _ID.findall(headers.plain("message-id"))
    answered = _ID.findall(headers.plain("in-reply-to")) + _ID.findall(headers.plain("references"))[::-1]
    return MailMessage(
        message_id=own[0] if own else f"<{hashlib.sha256(raw).hexdigest()}@unnamed>",
        references=tuple(dict.fromkeys(answered))[:MOST_IDS],
        subject=subject,
        sender=_line(address)[:254],
        sender_name=_line(_decoded(name))[:120],
        sent_at=_date(headers.plain("date")),
        text=text,
        files=tuple(files),
        automatic=automatic(headers.plain, message.get_content_type()),
    )


class _Headers:
    """Headers by name, the first of each, whatever bytes they consist of."""

    def __init__(self, message: Message) -> None:
        self._found: dict[str, str] = {}
        for name, value in message.raw_items():
            self._found.setdefault(name.lower(), _repaired(str(value)))

    def plain(self, name: str) -> str:
        """A header with its encoded words as they stand."""
        return self._found.get(name, "")

    def words(self, name: str) -> str:
        """A header in words."""
        return _decoded(self.plain(name))


def _repaired(value: str) -> str:
    """Bytes that nobody encoded, as they were probably meant."""
    if value.isascii():
        return value
    return _guessed(value.encode("utf-8", "surrogateescape"))


def _decoded(value: str) -> str:
    if "=?" not in value:
        return value
    try:
        pieces = decode_header(value)
    except (MessageError, ValueError):
        return value
    return "".join(piece if isinstance(piece, str) else _text(piece, charset) for piece, charset in pieces)


def _text(raw: bytes, charset: str | None) -> str:
    name = (charset or "").lower().strip("\"'")
    if name and name not in ("unknown-8bit", "us-ascii", "ascii"):
        try:
            return raw.decode(_LARGER.get(name, name))
        except (UnicodeDecodeError, LookupError):
            pass
    return _guessed(raw)


def _guessed(raw: bytes) -> str:
    """UTF-8, else GB18030, else Big5, as far as the bytes allow it."""
    for name in ("utf-8", "gb18030", "big5hkscs"):
        try:
            return raw.decode(name)
        except UnicodeDecodeError:
            continue
    return raw.decode("gb18030", "replace")


def _line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())


def _date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _leaves(message: Message) -> Iterator[Message]:
    """Parts that are no containers, in their order; a message inside a message stays whole."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part, seen = waiting.pop(0), seen + 1
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting = [one for one in payload if isinstance(one, Message)] + waiting
        else:
            yield part


def _content(parts: list[Message]) -> tuple[str, list[MailFile]]:
    plain, rich, files = [], [], []
    for number, part in enumerate(parts, 1):
        name = _file_name(part)
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            whole = inner[0] if isinstance(inner, list) and inner else None
            content = whole.as_bytes() if isinstance(whole, Message) else b""
            files.append(MailFile(name or f"{number}.eml", content))
            continue
        raw = part.get_payload(decode=True)
        content = raw if isinstance(raw, bytes) else b""
        if name or part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text":
            if content:
                files.append(MailFile(name or f"{number}", content))
        elif kind == "text/html":
            rich.append(_without_tags(_text(content, part.get_content_charset())))
        else:
            plain.append(_text(content, part.get_content_charset()))
    text = "\n".join(plain).strip() or "\n".join(rich).strip()
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:MOST_TEXT], files


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        return ""
    return _line(_decoded(_repaired(name)))[:200]


class _Words(HTMLParser):
    """Text of a page, a line for each block."""

    BLOCKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "blockquote"})
    SILENT = frozenset({"script", "style", "head", "title"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in self.SILENT
        if tag in self.BLOCKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self.SILENT and self._silent > 0

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def _without_tags(page: str) -> str:
    words = _Words()
    words.feed(page)
    words.close()
    lines = [" ".join(line.split()) for line in "".join(words.found).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
