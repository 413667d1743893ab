"""Reading what was sent: JSON into the structs of a service, files out of forms."""

from __future__ import annotations

import re
from typing import Any, BinaryIO, TypeVar, cast
from uuid import UUID

import msgspec
from litestar import Request
from litestar.datastructures import UploadFile

from crm_kernel.errors import Invalid, Malformed, NotFound
from crm_kernel.text import messages
from crm_kernel.web.answers import decode_object

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]
T = TypeVar("T")
_PLACE = re.compile(r"at `\$\.?([^`]*)`")
_NAMED = re.compile(r"field `([^`]+)`")


async def body(request: AnyRequest, struct: type[T]) -> T:
    """The JSON body as a struct. Raises Malformed, and Invalid naming the field that does not fit."""
    try:
        return msgspec.convert(decode_object(await request.body()), struct)
    except msgspec.ValidationError as fault:
        raise Invalid.one(_field(str(fault)), "invalid", _("This value cannot be read.")) from fault


def _field(message: str) -> str:
    named = _NAMED.search(message)
    if named and ("unknown" in message or "missing" in message):
        return named[1]
    place = _PLACE.search(message)
    return place[1] if place else ""


async def form(request: AnyRequest) -> dict[str, Any]:
    """The fields of a multipart form. Raises Malformed for anything else."""
    if request.content_type[0] != "multipart/form-data":
        raise Malformed(_("Send the file as multipart/form-data."))
    return dict((await request.form()).multi_items())


def file_of(fields: dict[str, Any]) -> tuple[str, BinaryIO]:
    """Name and content of the form's file. Raises Invalid without one."""
    found = fields.get("file")
    if not isinstance(found, UploadFile):
        raise Invalid.one("file", "required", _("Choose a file."))
    return found.filename, cast("BinaryIO", found.file)


def words_of(fields: dict[str, Any], name: str) -> dict[str, str] | None:
    """A JSON object of texts in a form's field; None when it is absent or empty. Raises Invalid."""
    given = fields.get(name)
    if not given:
        return None
    try:
        return msgspec.json.decode(str(given), type=dict[str, str])
    except msgspec.DecodeError as fault:
        raise Invalid.one(name, "invalid", _("This value cannot be read.")) from fault


def switch_of(asked: dict[str, Any], name: str) -> bool:
    """Whether a parameter or field says yes."""
    return str(asked.get(name, "")).lower() in ("1", "true", "yes", "on")


def id_of(request: AnyRequest, name: str = "id") -> UUID:
    """An id in the address. Raises NotFound for what is none."""
    given = request.path_params[name]
    try:
        return given if isinstance(given, UUID) else UUID(str(given))
    except ValueError as fault:
        raise NotFound() from fault
