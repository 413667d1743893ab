"""Refusals and faults as answers: problem+json (RFC 9457) for programs, a page for people."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Redirect

from crm_kernel import errors
from crm_kernel.i18n import translate
from crm_kernel.logs import describe
from crm_kernel.text import Text, messages
from crm_kernel.web.answers import encode_readable
from crm_kernel.web.client import header

_ = messages("kernel")
log = logging.getLogger("crm.web")

STATUS: tuple[tuple[type[errors.CrmError], int], ...] = (
    (errors.Malformed, 400),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.Stale, 412),
    (errors.TooLarge, 413),
    (errors.Invalid, 422),
    (errors.PreconditionRequired, 428),
    (errors.TooMany, 429),
    (errors.Unavailable, 503),
)

FRAMEWORK: dict[int, tuple[str, Text]] = {
    400: ("malformed", _("The request could not be read.")),
    401: ("unauthenticated", _("Please sign in.")),
    403: ("forbidden", _("You may not do this.")),
    404: ("not_found", _("There is no such record.")),
    405: ("method_not_allowed", _("This address does not answer requests of this kind.")),
    413: ("too_large", _("This is more data than is allowed here.")),
    415: ("unsupported_media_type", _("Data of this type is not understood here.")),
    422: ("invalid", _("Some fields need your attention.")),
    429: ("too_many", _("Too many requests. Try again in a moment.")),
    503: ("unavailable", _("The service is not available. Try again in a moment.")),
}
INTERNAL = _("Something went wrong on our side. Tell your administrator the reference number.")
TITLES: dict[int, Text] = {
    400: _("Malformed request"),
    401: _("Not signed in"),
    403: _("Not permitted"),
    404: _("Not found"),
    405: _("Method not allowed"),
    409: _("Conflict"),
    412: _("Changed meanwhile"),
    413: _("Too large"),
    415: _("Unsupported media type"),
    422: _("Invalid"),
    428: _("Version required"),
    429: _("Too many requests"),
    500: _("Internal error"),
    503: _("Not available"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal ready to be shown: `extra` holds members of certain codes (`open`, `yours`, `theirs`)."""

    status: int
    code: str
    title: str
    detail: str
    request_id: str
    errors: tuple[Mapping[str, str], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> bytes:
        """The document."""
        return encode_readable(
            {
                "type": f"urn:crm:problem:{self.code}",
                "title": self.title,
                "status": self.status,
                "detail": self.detail,
                "code": self.code,
                "errors": self.errors,
                **self.extra,
                "request_id": self.request_id,
            }
        )


ErrorPage = Callable[[Request[Any, Any, Any], Problem], Response[Any]]
"""Draws a problem for people; the page shell brings it."""


def problem_of(fault: Exception, request_id: str) -> Problem:
    """What to say about an exception. What nobody foresaw is logged and answered with 500."""
    fault = _known(fault)
    if isinstance(fault, errors.CrmError):
        return _refusal(fault, request_id)
    if isinstance(fault, HTTPException) and fault.status_code < 500:
        return _framework(fault, request_id)
    log.error("request failed", extra=describe(fault))
    return _plain(500, "internal", translate(INTERNAL), request_id)


def _known(fault: Exception) -> Exception:
    """The database's own words for what we have an error for."""
    from crm_kernel.web.database_faults import translate_fault

    return translate_fault(fault) or fault


def _refusal(fault: errors.CrmError, request_id: str) -> Problem:
    status = next((status for kind, status in STATUS if isinstance(fault, kind)), None)
    if status is None:
        log.error("request failed", extra={"code": fault.code, **describe(fault)})
        return _plain(500, "internal", translate(INTERNAL), request_id)
    fields: tuple[Mapping[str, str], ...] = ()
    extra: dict[str, Any] = {}
    headers: dict[str, str] = {}
    if isinstance(fault, errors.Invalid):
        fields = tuple(
            {"field": one.field, "code": one.code, "message": translate(one.message)} for one in fault.errors
        )
    elif isinstance(fault, errors.Conflict):
        extra = {} if fault.open is None else {"open": fault.open}
    elif isinstance(fault, errors.Stale):
        extra = {"yours": fault.yours, "theirs": fault.theirs}
    elif isinstance(fault, errors.Forbidden):
        extra = {"permission": fault.permission}
    elif isinstance(fault, errors.TooMany | errors.Unavailable):
        headers = {"Retry-After": str(max(1, fault.retry_after))}
    elif isinstance(fault, errors.Unauthenticated):
        headers = {"WWW-Authenticate": "Bearer"}
    title = translate(TITLES[status])
    return Problem(status, fault.code, title, translate(fault.message), request_id, fields, extra, headers)


def _framework(fault: HTTPException, request_id: str) -> Problem:
    status = fault.status_code
    if fault.detail.startswith("client disconnected"):
        status = 400
    code, detail = FRAMEWORK.get(status, ("refused", INTERNAL))
    fields: tuple[Mapping[str, str], ...] = ()
    if isinstance(fault, ValidationException) and isinstance(fault.extra, list):
        status, (code, detail) = 422, FRAMEWORK[422]
        fields = tuple(_field_error(item) for item in fault.extra if isinstance(item, dict))
    headers = {name: value for name, value in (fault.headers or {}).items() if name.lower() == "allow"}
    if status in (429, 503):
        headers["Retry-After"] = "5"
    plain = _plain(status, code, translate(detail), request_id)
    return replace(plain, errors=fields, headers=headers)


def _field_error(item: Mapping[str, Any]) -> Mapping[str, str]:
    name = str(item.get("key") or "")
    return {"field": name, "code": "invalid", "message": translate(_("This value cannot be read."))}


def _plain(status: int, code: str, detail: str, request_id: str) -> Problem:
    title = translate(TITLES[status]) if status in TITLES else HTTPStatus(status).phrase
    return Problem(status, code, title, detail, request_id)


def wants_page(request: Request[Any, Any, Any], prefix: str) -> bool:
    """Whether a person waits for a page: a navigation outside the API, not a part loaded by script."""
    path = request.scope["path"].removeprefix(prefix)
    if path.startswith(("/api/", "/health/", "/metrics")):
        return False
    if header(request.scope, b"hx-request") or header(request.scope, b"x-requested-with"):
        return False
    return "text/html" in header(request.scope, b"accept")


class Answers:
    """Turns exceptions into responses, the same everywhere."""

    def __init__(self, prefix: str, login: str | None, page: ErrorPage | None) -> None:
        self._prefix = prefix
        self.login = login
        self._page = page

    def __call__(self, request: Request[Any, Any, Any], fault: Exception) -> Response[Any]:
        """The response for an exception."""
        problem = problem_of(fault, str(request.scope["state"].get("request_id", "-")))
        request.scope["state"]["problem"] = problem.code
        if wants_page(request, self._prefix):
            if problem.status == 401 and self.login:
                return self._to_login(request)
            if self._page is not None:
                return _drawn(self._page, request, problem)
        return document(problem)

    def _to_login(self, request: Request[Any, Any, Any]) -> Response[Any]:
        from urllib.parse import quote

        wanted = request.scope["path"]
        query = request.scope["query_string"].decode("latin-1")
        at_home = self.login == self._prefix + "/login" and wanted in (self._prefix, self._prefix + "/")
        if request.method != "GET" or at_home:
            return Redirect(self.login or "/", status_code=303)
        following = quote(f"{wanted}?{query}" if query else wanted, safe="")
        return Redirect(f"{self.login}?next={following}", status_code=303)


def _drawn(page: ErrorPage, request: Request[Any, Any, Any], problem: Problem) -> Response[Any]:
    try:
        response = page(request, problem)
    except Exception as fault:
        log.error("error page failed", extra=describe(fault))
        return document(problem)
    response.status_code = problem.status
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response


def document(problem: Problem) -> Response[bytes]:
    """The problem as problem+json."""
    return Response(
        problem.body(),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=dict(problem.headers),
    )
