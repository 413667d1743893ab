"""Whom Django's session names: its users and groups as Forecourt wants to know them."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from crm_embedded.host import HostUser

STAFF, SUPERUSER = "staff", "superuser"
"""Groups that Django keeps as marks on the user."""


def who_under_wsgi(environ: dict[str, Any]) -> HostUser | None:
    """The user of a WSGI request; blocks."""
    return _who(WSGIRequest({**environ, "wsgi.input": BytesIO()}))


async def who_under_asgi(scope: Any) -> HostUser | None:
    """The user of an ASGI request; Django's database is asked in a thread."""
    request = ASGIRequest(scope, BytesIO())
    return await sync_to_async(_who, thread_sensitive=False)(request)


def _who(request: HttpRequest) -> HostUser | None:
    close_old_connections()
    try:
        SessionMiddleware(lambda _request: HttpResponse()).process_request(request)
        user = auth.get_user(request)
        if not user.is_authenticated or not user.is_active:
            return None
        return _maker()(user)
    finally:
        close_old_connections()


def _maker() -> Callable[[Any], HostUser | None]:
    """`FORECOURT["user"]` may name a function of one's own from a Django user to a HostUser."""
    given = getattr(settings, "FORECOURT", {}).get("user", host_user)
    made: Callable[[Any], HostUser | None] = import_string(given) if isinstance(given, str) else given
    return made


def host_user(user: Any) -> HostUser:
    """A Django user with the names of his groups, `staff` and `superuser` among them where he is that."""
    groups = set(user.groups.values_list("name", flat=True))
    groups |= {word for word, is_so in ((STAFF, user.is_staff), (SUPERUSER, user.is_superuser)) if is_so}
    return HostUser(
        id=str(user.pk),
        name=user.get_full_name() or user.get_username(),
        groups=groups,
        email=getattr(user, "email", "") or "",
    )
