"""The product as a dealer runs it: a process of its own on a fresh SQLite home."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crm_kernel.assembly import prepare
from crm_kernel.settings import Settings
from crm_standalone.accounts.lookup import account_of
from crm_standalone.accounts.shell import add_user, ensure_admin
from crm_standalone.boot import boot
from tests.browser import sample

ADMIN, COLLEAGUE, AGENT, ADVISOR = "admin", "liqiang", "sunli", "zhaolei"
STAFF = (
    (COLLEAGUE, "李强", "general_manager"),
    (AGENT, "孙丽", "service_agent"),
    (ADVISOR, "赵磊", "service_advisor"),
)
START_SECONDS = 90
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Site:
    """A running product and the first passwords of its people, by login."""

    url: str
    passwords: dict[str, str]


async def _furnish(home: Path) -> dict[str, str]:
    kernel = boot(Settings.load({}, home=home))
    await prepare(kernel)
    async with kernel.running():
        password = await ensure_admin(kernel, ADMIN, name="陈静")
        assert password is not None
        shop = (await kernel.access.store.shops())[0]
        staff = (await account_of(kernel, ADMIN)).staff_id
        actor = await kernel.access.actor(staff, shop.id, via="cli")
        passwords = {ADMIN: password}
        for login, name, role in STAFF:
            passwords[login] = await add_user(
                kernel, actor, login, name=name, roles=[role], dealership_id=shop.id
            )
        imports = kernel.service("imports")
        people = sample.write(home, "people.csv", sample.CUSTOMER_HEADS, sample.STOCK)
        cars = sample.write(home, "cars.csv", sample.VEHICLE_HEADS, sample.CARS)
        for kind, file in (("customers", people), ("vehicles", cars)):
            counts = await imports.import_file(actor, kind, file)
            assert not counts["rejected"], counts
    return passwords


@contextmanager
def running_site(home: Path) -> Iterator[Site]:
    """Prepared, with a few customers in it, and served until the end of the block."""
    passwords = asyncio.run(_furnish(home))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [str(Path(sys.executable).with_name("crm")), "serve", "--port", str(port)],
            env={**inherited, "CRM_HOME": str(home), "PYTHONPATH": os.pathsep.join(_module(home))},
            stdout=log,
            stderr=log,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _await(f"{url}/health/ready", server, home / "server.log")
            yield Site(url, passwords)
        finally:
            server.terminate()
            server.wait(30)


def _module(home: Path) -> list[str]:
    """Where Python finds the sample module, installed as `pip` would leave it."""
    installed = home / "modules"
    about = installed / "crm_showcase-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: crm-showcase\nVersion: 1.0\n")
    entry = "[crm_kernel.plugins]\nshowcase = tests.browser.showcase.plugin\n"
    (about / "entry_points.txt").write_text(entry)
    return [str(installed), str(ROOT)]


def _await(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"the server did not start:\n{log.read_text()[-4000:]}")
