"""What hangs on records, over HTTP."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from crm_kernel.actor import Actor, Scope
from crm_kernel.dal.types import uuid7
from crm_kernel.kernel import Kernel
from crm_kernel.web.app import create_app
from crm_kernel.web.routes import served
from tests.kernel.records.around import showroom
from tests.kernel.records.around.conftest import RIGHTS

PDF = b"%PDF-1.7\n" + b"x" * 5000
MINE = dict.fromkeys(
    (*RIGHTS, "client.history", "client.export", "client.reveal", "views.share"),
    Scope.DEALERSHIP,
)


@pytest.fixture
def kernel_modules() -> list[Any]:
    return [showroom]


@pytest.fixture
async def agent(make_actor, doorman) -> Actor:
    actor = replace(await make_actor(MINE, name="李接待", locale="en"), via="token")
    doorman.known["agent"] = actor
    return actor


@pytest.fixture
async def stranger(make_actor, make_dealership, doorman) -> Actor:
    east = await make_dealership("east")
    actor = replace(await make_actor(MINE, at=east.id), via="token")
    doorman.known["stranger"] = actor
    return actor


def location(answer: httpx.Response) -> str:
    """Where the new thing is, relative to the API."""
    return answer.headers["location"].removeprefix("/api/v1/")


@pytest.fixture
async def api(connect, agent) -> httpx.AsyncClient:
    client: httpx.AsyncClient = connect(token="agent")
    client.base_url = httpx.URL("http://crm.test/api/v1/")
    return client


@pytest.fixture
async def client_id(kernel: Kernel, agent: Actor) -> UUID:
    values = {"code": "C1", "name": "张伟", "mobile": "13800138000"}
    return UUID(str((await kernel.service("records").create(agent, "client", values)).id))


async def test_a_note_is_written_corrected_and_taken_away(api: httpx.AsyncClient, client_id: UUID) -> None:
    made = await api.post(f"clients/{client_id}/notes", json={"kind": "call", "body": "谈好了"})
    assert made.status_code == 201
    url = location(made)
    assert (await api.get(url)).json()["body"] == "谈好了"
    assert (await api.patch(url, json={"body": "改"})).status_code == 428
    stale = {"if-match": '"99"'}
    assert (await api.patch(url, json={"body": "改"}, headers=stale)).status_code == 412
    seen = {"if-match": made.headers["etag"]}
    changed = await api.patch(url, json={"body": "改"}, headers=seen)
    assert (changed.status_code, changed.json()["body"]) == (200, "改")
    listed = (await api.get(f"clients/{client_id}/notes?kind=call&limit=5")).json()
    assert [note["body"] for note in listed["items"]] == ["改"]
    told = (await api.get(f"clients/{client_id}/timeline")).json()
    assert {item["kind"] for item in told["items"]} == {"call", "created"}
    gone = await api.delete(url, headers={"if-match": changed.headers["etag"]})
    assert gone.status_code == 204
    assert (await api.get(url)).status_code == 404


async def test_a_task_goes_its_way(api: httpx.AsyncClient, client_id: UUID) -> None:
    made = await api.post(
        f"clients/{client_id}/tasks", json={"title": "回访", "due_at": "2026-12-01T09:00:00+08:00"}
    )
    assert made.status_code == 201, made.text
    task = made.json()
    assert (task["record"], task["due_at"]) == ("张伟", "2026-12-01T01:00:00Z")
    assert [t["id"] for t in (await api.get("tasks?list=mine")).json()["items"]] == [task["id"]]
    assert (await api.get("tasks/counts")).json() == {"open": 1, "overdue": 0}
    done = await api.post(f"tasks/{task['id']}/done", json={"remark": "好"})
    assert (done.json()["state"], done.json()["remark"]) == ("done", "好")
    assert (await api.post(f"tasks/{task['id']}/reopen")).json()["state"] == "open"
    assert (await api.post(f"tasks/{task['id']}/cancel")).json()["state"] == "cancelled"
    assert (await api.get(f"clients/{client_id}/tasks?state=cancelled")).json()["items"][0]["id"] == task[
        "id"
    ]


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("tasks", {"title": 5}, 422),
        ("tasks", {"title": "x", "due_at": "morgen"}, 422),
        ("tasks", {"title": "x", "state": "done"}, 422),
        ("tasks", {"title": "x", "dealership_id": "x", "owner_id": "y"}, 422),
        ("tasks", [], 400),
        ("views", {"name": "x", "entity": "client", "params": {"nonsense": "1"}}, 422),
        ("views", {"name": "x", "entity": "nonsense", "params": {}}, 404),
    ],
)
async def test_what_does_not_fit_is_named(api: httpx.AsyncClient, path: str, sent: Any, status: int) -> None:
    answer = await api.post(path, json=sent)
    assert answer.status_code == status, answer.text
    if status == 422:
        assert all(error["field"] for error in answer.json()["errors"])


async def test_a_file_is_offered_for_download_and_never_shown_in_place(
    api: httpx.AsyncClient, client_id: UUID
) -> None:
    sent = {"file": ("保单 2026.pdf", PDF, "text/html")}
    made = await api.post(f"clients/{client_id}/attachments", files=sent)
    assert made.status_code == 201, made.text
    assert made.json()["media_type"] == "application/pdf"
    got = await api.get(location(made))
    assert got.content == PDF
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["content-disposition"].startswith("attachment;")
    assert "%E4%BF%9D%E5%8D%95%202026.pdf" in got.headers["content-disposition"]
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    assert len((await api.get(f"clients/{client_id}/attachments")).json()["items"]) == 1
    assert (await api.delete(location(made))).status_code == 204
    assert (await api.get(location(made))).status_code == 404


async def test_scripts_are_refused_as_files_and_too_much_is_413(
    api: httpx.AsyncClient, client_id: UUID, kernel: Kernel
) -> None:
    url = f"clients/{client_id}/attachments"
    svg = {"file": ("a.png", b"<svg onload=alert(1)>", "image/png")}
    assert (await api.post(url, files=svg)).status_code == 422
    assert (await api.post(url, json={"file": "x"})).status_code == 400
    assert (await api.post(url, files={"other": ("a.pdf", PDF)})).status_code == 422
    limit = kernel.service("attachments").limit
    for extra in (1, 2 << 20):
        large = {"file": ("a.pdf", PDF + b"\0" * (limit + extra), "application/pdf")}
        assert (await api.post(url, files=large)).status_code == 413


async def test_views_over_http(api: httpx.AsyncClient) -> None:
    draft = {"name": "A级", "entity": "client", "params": {"level": "a"}, "standard": True}
    made = await api.post("views", json=draft)
    assert made.status_code == 201, made.text
    url = location(made)
    assert (await api.patch(url, json={"name": "甲级"})).json()["name"] == "甲级"
    assert [v["name"] for v in (await api.get("views?entity=client")).json()["items"]] == ["甲级"]
    assert (await api.delete(url)).status_code == 204
    assert (await api.get(url)).status_code == 404


async def test_an_export_is_a_download(api: httpx.AsyncClient, client_id: UUID) -> None:
    got = await api.get("clients/export?fields=code,mobile")
    assert got.status_code == 200, got.text
    assert got.headers["content-disposition"].startswith('attachment; filename="clients-')
    assert list(csv.reader(io.StringIO(got.content.decode("utf-8-sig")))) == [
        ["Code", "Mobile"],
        ["C1", "138****8000"],
    ]
    assert (await api.get("clients/export?format=xlsx")).content.startswith(b"PK")
    assert (await api.get("clients/export?format=exe")).status_code == 422
    assert (await api.get("clients/export?nonsense=1")).status_code == 422


async def test_a_background_export_is_fetched_when_it_is_done(
    api: httpx.AsyncClient, client_id: UUID, kernel: Kernel, agent: Actor
) -> None:
    made = await api.post("clients/exports?level[empty]=true&fields=code")
    assert made.status_code == 201, made.text
    url = location(made)
    assert (await api.get(url)).json()["state"] == "waiting"
    assert (await api.get(f"{url}/file")).status_code == 409
    await kernel.service("export_runs").carry_out(agent, UUID(made.json()["id"]))
    assert (await api.get(url)).json()["state"] == "done"
    assert (await api.get(f"{url}/file")).content.decode("utf-8-sig") == "Code\r\nC1\r\n"


async def test_an_import_by_http_with_what_was_refused(
    api: httpx.AsyncClient, kernel: Kernel, agent: Actor
) -> None:
    file = "Code,Name,Mobile\nN1,王芳,13900139000\nN2,,13900139001\n=N3,李雷,123\n".encode()
    made = await api.post("imports/clients", files={"file": ("客户.csv", file)}, data={"start": "true"})
    assert made.status_code == 201, made.text
    run = made.json()
    assert (run["total"], run["state"]) == (3, "running")
    assert run["mapping"] == {"Code": "code", "Name": "name", "Mobile": "mobile"}
    await kernel.service("imports").carry_out(agent, UUID(run["id"]))

    url = location(made)
    state = (await api.get(url)).json()
    assert (state["state"], state["done"]) == ("done", 3)
    assert (state["counts"]["created"], sum(state["counts"]["rejected"].values())) == (1, 2)
    refused = (await api.get(f"{url}/rejects")).json()["items"]
    assert [(row["line"], [error["column"] for error in row["errors"]]) for row in refused] == [
        (3, ["Name"]),
        (4, ["Mobile"]),
    ]
    assert all(error["message"] for row in refused for error in row["errors"])
    rows = list(csv.reader(io.StringIO((await api.get(f"{url}/rejects.csv")).content.decode("utf-8-sig"))))
    assert rows[2][0] == "'=N3"
    sent = {"rows": {"3": ["N2", "赵六", "13900139001"]}}
    corrected = await api.post(f"{url}/correct", json=sent)
    assert (corrected.status_code, corrected.json()["created"]) == (200, 1)
    assert [row["line"] for row in (await api.get(f"{url}/rejects")).json()["items"]] == [4]


async def test_a_dry_run_writes_nothing_and_then_it_may_start(
    api: httpx.AsyncClient, kernel: Kernel, agent: Actor
) -> None:
    file = b"Code,Name\nN1,A\n"
    made = await api.post("imports/clients", files={"file": ("c.csv", file)}, data={"dry_run": "true"})
    run_id = UUID(made.json()["id"])
    await kernel.service("imports").carry_out(agent, run_id)
    state = (await api.get(location(made))).json()
    assert (state["state"], state["counts"]["created"]) == ("ready", 1)
    assert (await api.get("clients")).json()["items"] == []
    started = await api.post(f"imports/{run_id}/start", json={})
    assert started.status_code == 200, started.text
    await kernel.service("imports").carry_out(agent, run_id)
    assert len((await api.get("clients")).json()["items"]) == 1
    assert (await api.post(f"imports/{run_id}/cancel")).status_code == 200


async def test_paper_over_http(api: httpx.AsyncClient, client_id: UUID) -> None:
    sheet = (await api.get("clients/print?fields=name,mobile")).json()
    assert (sheet["heads"], sheet["rows"]) == (["Name", "Mobile"], [["张伟", "138****8000"]])
    assert (await api.get(f"clients/{client_id}/print")).json()["title"] == "张伟"


async def test_another_dealership_gets_the_same_404_as_for_nothing(
    kernel: Kernel, connect, api: httpx.AsyncClient, client_id: UUID, stranger: Actor
) -> None:
    note = (await api.post(f"clients/{client_id}/notes", json={"body": "ZZ秘密"})).json()["id"]
    task = (await api.post(f"clients/{client_id}/tasks", json={"title": "ZZ秘密"})).json()["id"]
    sent = {"file": ("ZZ.pdf", PDF)}
    file = (await api.post(f"clients/{client_id}/attachments", files=sent)).json()["id"]
    draft = {"name": "ZZ", "entity": "client", "params": {}, "shared": True}
    view = (await api.post("views", json=draft)).json()["id"]
    run = (await api.post("clients/exports")).json()["id"]
    load = {"file": ("c.csv", b"Code,Name\nZZ,ZZ\n")}
    loaded = (await api.post("imports/clients", files=load)).json()["id"]

    theirs = connect(token="stranger")
    app = create_app(kernel, run_kernel=False)
    owned = {
        "notes": note,
        "tasks": task,
        "views": view,
        "exports": run,
        "imports": loaded,
        "clients": client_id,
    }
    nothing = uuid7()
    tried = 0
    for path, method, _handler in served(app):
        room = path.split("/")[3] if path.startswith("/api/v1/") and "{" in path else ""
        if room not in owned or (path == "/api/v1/imports/{key:str}" and method == "POST"):
            continue
        if path.endswith("/call"):  # nobody can be called here: the answer is the same for every id
            continue
        answers = []
        for wanted in (owned[room], nothing):
            url = path.replace("{id:uuid}", str(wanted)).replace("{key:str}", str(wanted))
            url = url.replace("{attachment_id:uuid}", str(file))
            options: dict[str, Any] = {"headers": {"if-match": "*", "idempotency-key": str(uuid7())}}
            if url.endswith("/attachments") and method == "POST":
                options["files"] = sent
            elif method in ("POST", "PATCH"):
                options["json"] = {
                    "notes": {"body": "x"},
                    "tasks": {"title": "x"},
                    "correct": {"rows": {}},
                    "reveal": {"field": "mobile"},
                }.get(url.rsplit("/", 1)[-1], {})
            answers.append(await theirs.request(method, f"{url}?reason=x", **options))
        assert [answer.status_code for answer in answers] == [404, 404], (method, path, answers[0].text)
        bodies = [{**answer.json(), "request_id": ""} for answer in answers]
        assert bodies[0] == bodies[1]
        assert "ZZ" not in answers[0].text
        tried += 1
    assert tried > 30
