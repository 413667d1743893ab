"""Forecourt in an ASGI host: Starlette, FastAPI, Litestar, or any other."""

from __future__ import annotations

from typing import Any

from crm_embedded.host import HostUser, Identify
from crm_embedded.shim import Shim
from crm_embedded.words import host_and_settings

__all__ = ["Forecourt", "HostUser"]


class Forecourt(Shim):
    """An ASGI application to mount at the path of `public_url`.

    `identify` gets the host's scope and must not block. Of the further words those of crm_embedded.host.Host
    describe the host (`roles`, `admit`, `overrides`, ...), all others are settings (`public_url`,
    `database_url`, `plugins`, `login_url`, ...) and win over the environment.
    """

    def __init__(
        self,
        identify: Identify | None = None,
        *,
        background: bool = True,
        upgrade: bool = True,
        **words: Any,
    ) -> None:
        host, settings = host_and_settings(identify, words)
        super().__init__(host, settings, background=background, upgrade=upgrade)
