"""JSON in and out on the paths that must be fast."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from crm_kernel.errors import Invalid, Malformed, PreconditionRequired
from crm_kernel.i18n import readable
from crm_kernel.text import messages
from crm_kernel.web.client import header

_ = messages("kernel")

JSON_TYPE = (b"content-type", b"application/json")
ETAG = re.compile(r'\s*(?:W/)?"(\d{1,18})"\s*')
PLAIN = re.compile(rb"[\w.\[\]-]+=[\w.,-]*(?:&[\w.\[\]-]+=[\w.,-]*){0,9}", re.ASCII)
"""Few parameters in which nothing is escaped, as most are: read without the parser for all."""
NOBODYS_VERSION = -1
MOST_PARAMETERS = 100
MOST_ITEMS = 200


class JsonAnswer:
    """A finished JSON answer; sends itself, without the framework's response classes."""

    __slots__ = ("_body", "_headers", "_status")
    content_type = JSON_TYPE

    def __init__(self, body: bytes, status: int = 200, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        self._body = body
        self._status = status
        self._headers = [self.content_type, (b"content-length", b"%d" % len(body)), *headers]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": self._status, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


_encoder = msgspec.json.Encoder(enc_hook=str)


def encode(value: Any) -> bytes:
    """Plain data as JSON."""
    return _encoder.encode(value)


def encode_readable(value: Any) -> bytes:
    """A document as JSON, texts inside it in the reader's language."""
    return _encoder.encode(readable(value))


def decode_object(body: bytes) -> dict[str, Any]:
    """A JSON object as sent; an empty body is an empty object. Raises Malformed for anything else."""
    if not body:
        return {}
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as fault:
        raise Malformed(_("The body is not valid JSON.")) from fault
    if not isinstance(value, dict):
        raise Malformed(_("The body must be a JSON object."))
    if b"\\u0000" in body:
        raise Malformed(_("Text must not contain the character NUL."))
    return value


def etag(version: int) -> tuple[bytes, bytes]:
    """The ETag header of a record's version."""
    return b"etag", b'"%d"' % version


def seen_version(scope: Any) -> int | None:
    """The version named by `If-Match`; None for `*`; a version nobody has for what is no ETag of ours.

    Raises PreconditionRequired when the header is missing.
    """
    given = header(scope, b"if-match")
    if not given:
        raise PreconditionRequired()
    if given.strip() == "*":
        return None
    found = ETAG.fullmatch(given)
    return int(found.group(1)) if found else NOBODYS_VERSION


def not_modified(scope: Any, version: int) -> bool:
    """Whether the caller holds this version already (`If-None-Match`)."""
    given = header(scope, b"if-none-match")
    if not given:
        return False
    found = ETAG.fullmatch(given)
    return found is not None and int(found.group(1)) == version


def parameters(scope: Any) -> list[tuple[str, str]]:
    """The address's parameters in their order. Raises Malformed."""
    raw = scope["query_string"]
    if b"%00" in raw:
        raise Malformed(_("Text must not contain the character NUL."))
    if PLAIN.fullmatch(raw):
        pairs = [part.partition("=") for part in raw.decode().split("&")]
        return [(name, value) for name, _equals, value in pairs]
    try:
        return parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_PARAMETERS, errors="strict"
        )
    except ValueError as fault:
        raise Malformed(_("The address could not be read.")) from fault


def limit_of(asked: Mapping[str, str], default: int = 50, most: int = MOST_ITEMS) -> int:
    """The `limit` parameter, 1 to `most`. Raises Invalid."""
    given = asked.get("limit", str(default))
    if not given.isascii() or not given.isdigit() or not 1 <= int(given[:6]) <= most:
        raise Invalid.one("limit", "out_of_range", _("Ask for 1 to {most} records at a time.")(most=most))
    return int(given)
