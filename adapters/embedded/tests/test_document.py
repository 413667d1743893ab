"""The samples of docs/embedding.md, run as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "embedding.md"
SAMPLES = dict(
    re.findall(r"<!-- sample: ([a-z-]+) -->\n```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
)

HOSTS = {
    "asgi": (
        "from fastapi import FastAPI, Request\nfrom starlette.middleware.sessions import SessionMiddleware\n",
        """
        @app.get("/in")
        def sign_in(request: Request):
            request.session["login"] = "wang"
            return "in"

        import asyncio, httpx

        async def visit():
            transport = httpx.ASGITransport(app=app)
            async with crm, httpx.AsyncClient(transport=transport, base_url="http://erp.test") as client:
                before = await client.get("/crm/api/v1/customers")
                await client.get("/in")
                after = await client.get("/crm/api/v1/customers")
                print(before.status_code, after.status_code)

        asyncio.run(visit())
        """,
    ),
    "wsgi": (
        "from flask import Flask, session\napp = Flask('erp')\napp.secret_key = 'your own'\n",
        """
        @app.get("/in")
        def sign_in():
            session["login"] = "wang"
            return "in"

        client = app.test_client()
        before = client.get("/crm/api/v1/customers", base_url="http://erp.test")
        client.get("/in", base_url="http://erp.test")
        after = client.get("/crm/api/v1/customers", base_url="http://erp.test")
        print(before.status_code, after.status_code)
        """,
    ),
}


def run(folder: Path, program: str) -> str:
    """Output of a program in a process of its own, in an empty folder."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={"PATH": "", "CRM_LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_host_needs_ten_lines_at_most(name) -> None:
    lines = [line for line in SAMPLES[name].splitlines() if line.strip()]
    assert len(lines) <= 10


@pytest.mark.parametrize("name", sorted(HOSTS))
def test_a_mounted_sample_lets_in_whom_the_host_knows(name, tmp_path) -> None:
    before, after = HOSTS[name]
    assert run(tmp_path, before + SAMPLES[name] + textwrap.dedent(after)) == "401 200"


DJANGO = """
import asyncio, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "erp.settings"
import django
from django.core.management import call_command
django.setup()
call_command("migrate", verbosity=0)
from django.contrib.auth.models import Group, User
from django.test import Client
user = User.objects.create_user("wang", password="demo")
user.groups.add(Group.objects.create(name="Service"))
browser = Client()
browser.force_login(user)
cookie = {"cookie": f"sessionid={browser.cookies['sessionid'].value}"}
import httpx
URL = "http://erp.test/crm/api/v1/customers"
"""
VISITS = {
    "asgi": """
from erp.asgi import application

async def visit():
    transport = httpx.ASGITransport(app=application)
    async with application.forecourt, httpx.AsyncClient(transport=transport) as client:
        before = await client.get(URL)
        after = await client.get(URL, headers=cookie)
        print(before.status_code, after.status_code)

asyncio.run(visit())
""",
    "wsgi": """
from erp.wsgi import application

with httpx.Client(transport=httpx.WSGITransport(app=application)) as client:
    print(client.get(URL).status_code, client.get(URL, headers=cookie).status_code)
""",
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("door", sorted(VISITS))
def test_a_django_project_lets_in_whom_django_knows(door, tmp_path) -> None:
    from django.core.management import call_command

    call_command("startproject", "erp", str(tmp_path))
    for name, sample in (("settings", "django-settings"), (door, f"django-{door}")):
        file = tmp_path / "erp" / f"{name}.py"
        file.write_text(file.read_text("utf-8") + "\n" + SAMPLES[sample], "utf-8")
    settings = tmp_path / "erp" / "settings.py"
    settings.write_text(settings.read_text("utf-8") + "\nALLOWED_HOSTS = ['erp.test']\n", "utf-8")
    assert run(tmp_path, "import sys; sys.path.insert(0, '.')" + DJANGO + VISITS[door]) == "401 200"


ENDING = "print(len(cards), 'litestar' in sys.modules)"


def test_services_are_called_without_any_web(tmp_path) -> None:
    inside = textwrap.indent(SAMPLES["inprocess"] + f"\n{ENDING}\n", "    ")
    program = f"import asyncio, sys\nfolder = 'crm'\nasync def main():\n{inside}\nasyncio.run(main())"
    assert run(tmp_path, program) == "0 False"


def test_and_without_a_loop(tmp_path) -> None:
    program = f"import sys\nfolder = 'crm'\n{SAMPLES['inprocess-sync']}\n{ENDING}"
    assert run(tmp_path, program) == "0 False"
