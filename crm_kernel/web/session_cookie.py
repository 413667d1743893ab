"""The session cookie: unreadable for scripts, under our prefix only, Secure under https."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.datastructures import Cookie

from crm_kernel.settings import Settings
from crm_kernel.web.csrf import SESSION_COOKIE


class Partitioned(Cookie):
    """A cookie kept apart for each site around a frame (CHIPS): allowed where others are refused."""

    def to_header(self, **kwargs: Any) -> str:
        """The header with the attribute that Python's own cookies do not know yet."""
        return super().to_header(**kwargs) + "; Partitioned"


def keep_session(response: Response[Any], token: str, settings: Settings, *, framed: bool = False) -> None:
    """Give the browser its session; `framed` is for a page shown inside another site's (needs https)."""
    secure = settings.public_url.startswith("https:")
    apart = framed and secure
    kind = Partitioned if apart else Cookie
    response.set_cookie(
        kind(
            key=SESSION_COOKIE,
            value=token,
            path=settings.prefix or "/",
            httponly=True,
            samesite="none" if apart else "lax",
            secure=secure,
        )
    )


def drop_session(response: Response[Any], settings: Settings) -> None:
    """Take it away again."""
    response.delete_cookie(key=SESSION_COOKIE, path=settings.prefix or "/")
