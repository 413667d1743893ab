"""Every house Forecourt can live in, each served once per session in processes of its own."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from joserfc.jwk import ECKey

ROOT = Path(__file__).parents[4]
START_SECONDS = 100
MIDDLEWARE = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class House:
    """A served Forecourt: `url` is its public address with the prefix, `erp` the host's own (or empty)."""

    name: str
    url: str
    erp: str
    token: str = ""

    @property
    def prefix(self) -> str:
        """The path of ours."""
        return httpx.URL(self.url).path.rstrip("/")

    def client(self) -> httpx.Client:
        """A browser without a page: remembers cookies, follows no redirect."""
        shown = {"authorization": f"Bearer {self.token}"} if self.token else {}
        headers = {
            "accept-language": "zh-CN",
            **shown,
        }
        return httpx.Client(base_url=self.erp or self.url, headers=headers, timeout=60)

    def sign_in(self, client: httpx.Client, login: str = "li") -> httpx.Response:
        """Through the host's own door."""
        if self.token:
            return client.get(self.url + "/")
        form = {"login": login, "username": login, "password": "demo", **django_token(client, "/login")}
        answer = client.post("/login", data=form)
        while answer.is_redirect:
            answer = client.get(answer.headers["location"])
        return answer

    def sign_out(self, client: httpx.Client) -> None:
        """Through the host's own door."""
        client.post("/logout", data=django_token(client, "/"))


def django_token(client: httpx.Client, path: str) -> dict[str, str]:
    """Django's own proof that a form came from its page."""
    found = MIDDLEWARE.search(client.get(path).text)
    return {"csrfmiddlewaretoken": found[1]} if found else {}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def process(log: Path, *command: str, **env: str) -> Iterator[None]:
    """A process for as long as the block lasts."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("CRM_", "ERP_", "DJANGO_"))}
    with log.open("ab") as output:
        running = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env={**inherited, **env}, stdout=output, stderr=output
        )
        try:
            yield
        finally:
            running.terminate()
            try:
                running.wait(20)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def await_url(url: str, log: Path) -> None:
    """Until it answers at all."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=30):
                return
        except urllib.error.HTTPError as answered:
            if answered.code < 500:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"{url} did not answer:\n{log.read_text()[-3000:]}")


@contextmanager
def example(name: str, home: Path, *, server: str = "") -> Iterator[House]:
    """One of the examples, as `make example` starts it."""
    port, log = free_port(), home / "log"
    url = f"http://127.0.0.1:{port}"
    env = {"ERP_HOME": str(home), "ERP_PORT": str(port), "ERP_URL": url, "ERP_SERVER": server}
    with process(log, "-m", f"examples.{name}_erp", **env):
        await_url(url + "/crm/health/ready", log)
        yield House(name, url + "/crm", url)


@contextmanager
def fastapi_behind_a_proxy(home: Path) -> Iterator[House]:
    """FastAPI with a root path behind a proxy that strips it."""
    front, back, log = free_port(), free_port(), home / "log"
    erp = f"http://127.0.0.1:{front}/proxy"
    env = {"ERP_HOME": str(home), "ERP_PORT": str(back), "ERP_URL": erp, "ERP_ROOT_PATH": "/proxy"}
    with process(log, "-m", "examples.fastapi_erp", **env):
        beside = str(Path(__file__).with_name("beside.py"))
        with process(log, beside, str(front), f"http://127.0.0.1:{back}", ERP_PREFIX="/proxy"):
            await_url(erp + "/crm/health/ready", log)
            yield House("fastapi", erp + "/crm", erp)


@contextmanager
def sidecar(home: Path) -> Iterator[House]:
    """Beside an ERP that strips its prefix and signs what it says."""
    front, back, log = free_port(), free_port(), home / "log"
    key = ECKey.generate_key("P-256", {"kid": "first", "use": "sig"})
    (home / "keys.json").write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    erp = f"http://127.0.0.1:{front}"
    ours = {
        "CRM_HOME": str(home / "crm"),
        "CRM_PUBLIC_URL": erp + "/erp/crm",
        "CRM_LOGIN_URL": erp + "/login",
        "CRM_HOST_ISSUER": "erp",
        "CRM_HOST_KEYS": str(home / "keys.json"),
        "CRM_HOST_ROLES": "advisors=service_agent managers=general_manager,administrator",
    }
    with process(log, "-m", "crm_embedded.sidecar.main", "--port", str(back), **ours):
        beside = str(Path(__file__).with_name("beside.py"))
        private = json.dumps(key.as_dict(private=True))
        with process(
            log, beside, str(front), f"http://127.0.0.1:{back}", ERP_PREFIX="/erp/crm", ERP_KEY=private
        ):
            await_url(erp + "/erp/crm/health/ready", log)
            yield House("sidecar", erp + "/erp/crm", erp)


@contextmanager
def standalone(home: Path) -> Iterator[House]:
    """The product of its own, asked with a token."""
    port, log = free_port(), home / "log"
    env = {"CRM_HOME": str(home), "CRM_LOG_LEVEL": "WARNING"}
    crm = str(Path(sys.executable).with_name("crm"))
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CRM_")} | env

    def run(*words: str) -> str:
        return subprocess.run(
            [crm, "--json", *words], env=clean, check=True, capture_output=True, text=True
        ).stdout

    run("db", "upgrade")
    run("user", "add", "li", "--role", "general_manager", "--role", "administrator")
    run("user", "passwd", "li")
    token = json.loads(run("token", "create", "--user", "li"))["token"]
    url = f"http://127.0.0.1:{port}"
    with process(log, crm, "serve", "--port", str(port), **env):
        await_url(url + "/health/ready", log)
        yield House("standalone", url, "", token)


HOUSES: dict[str, Callable[[Path], object]] = {
    "standalone": standalone,
    "fastapi": fastapi_behind_a_proxy,
    "django-asgi": lambda home: example("django", home),
    "django-wsgi": lambda home: example("django", home, server="wsgi"),
    "flask": lambda home: example("flask", home),
    "sidecar": sidecar,
}


class Street:
    """Houses by name, each opened when first asked for."""

    def __init__(self, folder: Callable[[str], Path]) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._open: dict[str, House] = {}

    def house(self, name: str) -> House:
        """A served house."""
        if name not in self._open:
            opened = HOUSES[name](self._folder(name))
            self._open[name] = self._stack.enter_context(opened)  # type: ignore[arg-type]
        return self._open[name]

    def close(self) -> None:
        """Stop all processes."""
        self._stack.close()
