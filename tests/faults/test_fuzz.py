"""Schemathesis against a running server with demo data: by hand, before a release.

`FUZZ_EXAMPLES` sets how many requests each operation gets (default 100).
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

pytestmark = pytest.mark.faults
BIN = Path(sys.executable).parent
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


class Target(NamedTuple):
    """A server and somebody who may do everything there."""

    url: str
    token: str
    log: Path


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Target]:
    home = tmp_path_factory.mktemp("home")
    env = {k: v for k, v in os.environ.items() if not k.startswith("CRM_")} | {"CRM_HOME": str(home)}

    def crm(*words: str) -> dict[str, str]:
        told = subprocess.run([BIN / "crm", "--json", *words], env=env, check=True, capture_output=True)
        document: dict[str, str] = json.loads(told.stdout)
        return document

    crm("demo", "--no-serve")
    token = crm("token", "create", "--user", "demo")["token"]
    port = free_port()
    log = home / "server.log"
    with log.open("wb") as out:
        running = subprocess.Popen([BIN / "crm", "serve", "--port", str(port)], env=env, stderr=out)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_ready(url)
            yield Target(url, token, log)
        finally:
            running.terminate()
            running.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise TimeoutError(url)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_request_of_the_documented_kind_breaks_the_api(server: Target, seed: int, tmp_path) -> None:
    ran = subprocess.run(
        [
            BIN / "schemathesis",
            "run",
            f"{server.url}/api/openapi.json",
            "--checks",
            CHECKS,
            "--header",
            f"Authorization: Bearer {server.token}",
            "--max-examples",
            os.environ.get("FUZZ_EXAMPLES", "100"),
            "--seed",
            str(seed),
            "--request-timeout",
            "20",
            "--exclude-path-regex",
            "progress",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-20_000:]
    faults = [line for line in server.log.read_text("utf-8").splitlines() if '"level":"error"' in line]
    assert faults == []
