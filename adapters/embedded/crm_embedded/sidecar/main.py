"""`crm-sidecar`: serve Forecourt beside a host, behind its reverse proxy."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

import uvicorn

from crm_embedded.product import product
from crm_embedded.shim import Shim
from crm_embedded.sidecar.door import door_router
from crm_embedded.sidecar.oidc.pages import SignIn
from crm_embedded.sidecar.settings import Trust
from crm_kernel import logs
from crm_kernel.clock import SystemClock
from crm_kernel.kernel import Kernel
from crm_kernel.settings import Settings


def application() -> Shim:
    """The ASGI application, as the settings say. Raises ConfigurationError."""
    settings = Settings.load()
    trust = Trust.of(settings, SystemClock())
    return Shim(trust.host, settings, product=partial(product, more=partial(doors, trust)))


def doors(trust: Trust, kernel: Kernel) -> list[Any]:
    """Ways in: for the host's server, and for people who come through its OpenID provider."""
    found: list[Any] = [door_router(kernel, trust.door)] if trust.door is not None else []
    if trust.flow is not None:
        found += SignIn(kernel, kernel.service("pages").renderer, trust.flow, trust.host.name).handlers()
    return found


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="crm-sidecar", description="Forecourt beside a host")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()
    settings = Settings.load()
    logs.configure(settings.log_level, settings.log_format)
    uvicorn.run(
        application(),
        host=arguments.host,
        port=arguments.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )


if __name__ == "__main__":
    main()
