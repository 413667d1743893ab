"""Records pushed over HTTP, as JSON and as XML."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from crm_kernel.actor import Scope

RIGHTS = dict.fromkeys(("sync.push", "sync.manage"), Scope.DEALERSHIP)
ROWS = [{"external_id": "C-1", "name": "张伟", "mobile": "13800008000"}, {"external_id": "C-2"}]


@pytest.fixture
def database(request: Any, tmp_path: Any) -> Any:
    from crm_kernel.testing.databases import TestDatabase

    return TestDatabase("sqlite", f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")


@pytest.fixture
async def api(connect: Any, make_actor: Any, doorman: Any) -> httpx.AsyncClient:
    doorman.known["erp"] = replace(await make_actor(RIGHTS, name="ERP", locale="en"), via="token")
    client: httpx.AsyncClient = connect(token="erp")
    client.base_url = httpx.URL("http://crm.test/api/v1/")
    return client


async def test_a_delivery_says_what_became_of_every_row(api: httpx.AsyncClient) -> None:
    answer = await api.put("sync/customers", json={"source": "erp", "rows": ROWS})
    found = answer.json()
    assert (answer.status_code, found["created"], found["rejected"]) == (200, 1, 1)
    good, bad = found["results"]
    assert (good["external_id"], good["result"], good["errors"]) == ("C-1", "created", [])
    assert bad["errors"] == [{"field": "name", "code": "name", "message": "the name is missing"}]
    again = (await api.put("sync/customers", json={"source": "ERP", "rows": ROWS[:1]})).json()
    assert (again["unchanged"], again["results"][0]["id"]) == (1, good["id"])


async def test_hyphens_and_underscores_mean_the_same_kind(api: httpx.AsyncClient) -> None:
    for name in ("repair-orders", "repair_orders"):
        answer = await api.put(f"sync/{name}", json={"source": "erp", "rows": []})
        assert (answer.status_code, answer.json()["kind"]) == (200, "repair_orders")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400), ({"source": "erp"}, 400), ({"source": "erp", "rows": {}}, 400), ([], 400),
        ({"source": "erp", "rows": ["x"]}, 400), ({"source": "", "rows": []}, 422),
        ({"source": "e r p", "rows": []}, 422), ({"source": "erp", "rows": [], "mode": "x"}, 422),
        ({"source": "erp", "rows": [{"external_id": str(n)} for n in range(1001)]}, 413),
    ],
)  # fmt: skip
async def test_what_is_no_delivery_is_refused(api: httpx.AsyncClient, body: Any, status: int) -> None:
    assert (await api.put("sync/customers", json=body)).status_code == status


async def test_only_a_known_kind_and_somebody_with_the_right(
    api: httpx.AsyncClient, connect: Any, make_actor: Any, doorman: Any
) -> None:
    assert (await api.put("sync/unicorns", json={"source": "erp", "rows": []})).status_code == 404
    doorman.known["no"] = replace(await make_actor({}), via="token")
    answer = await connect(token="no").put("/api/v1/sync/customers", json={"source": "erp", "rows": []})
    assert answer.status_code == 403


async def test_the_list_of_kinds_says_which_fields_there_are(api: httpx.AsyncClient) -> None:
    kinds = (await api.get("sync/kinds")).json()["items"]
    by_name = {one["kind"]: one for one in kinds}
    order = list(by_name)
    assert order.index("customers") < order.index("vehicles") < order.index("repair_orders")
    fields = {one["name"]: one for one in by_name["vehicles"]["fields"]}
    assert (fields["customer_id"]["reference"], fields["vin"]["required"]) == ("customer", True)
    assert "id" not in fields


async def test_refused_rows_wait_in_the_ledger_until_they_can_be_taken(api: httpx.AsyncClient) -> None:
    car = {"external_id": "V-1", "vin": "LGXCE4CB9P0123456", "customer_id": "C-1"}
    early = (await api.put("sync/vehicles", json={"source": "erp", "rows": [car]})).json()
    held = (await api.get("sync/batches", params={"state": "partly"})).json()["items"]
    assert [one["id"] for one in held] == [early["batch"]]
    shown = (await api.get(f"sync/batches/{early['batch']}")).json()
    assert shown["rejects"][0]["errors"][0]["field"] == "customer_id"
    assert shown["rejects"][0]["fields"] == ["vin", "customer_id"], "the values are nobody's business here"
    await api.put("sync/customers", json={"source": "erp", "rows": ROWS[:1]})
    again = (await api.post(f"sync/batches/{early['batch']}/rerun")).json()
    assert (again["created"], again["results"][0]["external_id"]) == (1, "V-1")
    former = (await api.get(f"sync/batches/{early['batch']}")).json()
    assert (former["batch"]["state"], former["batch"]["next_id"]) == ("repeated", again["batch"])
    assert former["rejects"] == []
    assert (await api.post(f"sync/batches/{early['batch']}/rerun")).status_code == 409


async def test_the_ledger_is_paged_and_filtered(api: httpx.AsyncClient) -> None:
    for source in ("erp", "dms", "erp"):
        await api.put("sync/customers", json={"source": source, "rows": ROWS[:1]})
    first = (await api.get("sync/batches", params={"limit": 2})).json()
    rest = (await api.get("sync/batches", params={"limit": 2, "cursor": first["next"]})).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    only = (await api.get("sync/batches", params={"source": "dms"})).json()["items"]
    assert [one["source"] for one in only] == ["dms"]
    assert (await api.get("sync/batches", params={"state": "?"})).status_code == 422
    assert (await api.get("sync/batches", params={"cursor": "?"})).status_code == 400


async def test_a_record_is_found_by_the_senders_id(api: httpx.AsyncClient) -> None:
    made = (await api.put("sync/customers", json={"source": "erp", "rows": ROWS[:1]})).json()
    asked = {"source": "erp", "external_id": "C-1"}
    assert (await api.get("sync/customers/record", params=asked)).json()["id"] == made["results"][0]["id"]
    asked["external_id"] = "c-1"
    assert (await api.get("sync/customers/record", params=asked)).status_code == 404


DELIVERY = """<?xml version="1.0" encoding="UTF-8"?>
<sync source="dms">
  <row external_id="C-1">
    <name>张伟 &amp; 儿子</name>
    <phones><item>13800008000</item><item><number>021-51021808</number><kind>office</kind></item></phones>
    <remark/>
  </row>
  <row external_id="C-2"><mobile>12</mobile></row>
</sync>"""


async def test_who_speaks_xml_is_answered_in_xml(api: httpx.AsyncClient) -> None:
    answer = await api.put(
        "sync/customers", content=DELIVERY.encode(), headers={"content-type": "application/xml"}
    )
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    root = ET.fromstring(answer.content)
    assert (root.get("source"), root.get("created"), root.get("rejected")) == ("dms", "1", "1")
    first, second = root.findall("row")
    assert (first.get("external_id"), first.get("result")) == ("C-1", "created")
    assert [error.get("field") for error in second.findall("error")] == ["mobile"]


async def test_the_answer_follows_what_is_accepted(api: httpx.AsyncClient) -> None:
    headers = {"content-type": "text/xml; charset=utf-8", "accept": "application/json"}
    answer = await api.put("sync/customers", content=DELIVERY.encode(), headers=headers)
    assert answer.json()["created"] == 1
    answer = await api.put(
        "sync/customers", json={"source": "dms", "rows": ROWS[:1]}, headers={"accept": "application/xml"}
    )
    assert ET.fromstring(answer.content).get("unchanged") == "0"


LAUGHS = """<!DOCTYPE sync [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><sync
source="x"><row><name>&b;</name></row></sync>"""
OUTSIDE = """<!DOCTYPE sync [<!ENTITY f SYSTEM "file:///etc/passwd">]><sync
source="x"><row><name>&f;</name></row></sync>"""
DEEP = "<sync source='x'><row external_id='1'>" + "<a>" * 9 + "</a>" * 9 + "</row></sync>"


@pytest.mark.parametrize(
    "content",
    [
        LAUGHS, OUTSIDE, DEEP, "", "<sync", "<rows/>", "<sync source='x'><record/></sync>", "\0", "{}",
        "<sync source='x'><row external_id='1'><a/><a/></row></sync>",
        '<!DOCTYPE sync SYSTEM "http://127.0.0.1/x.dtd"><sync source="x"/>',
    ],
)  # fmt: skip
async def test_hostile_and_broken_xml_is_refused(api: httpx.AsyncClient, content: str) -> None:
    answer = await api.put(
        "sync/customers", content=content.encode(), headers={"content-type": "application/xml"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


async def test_too_much_xml_is_refused(api: httpx.AsyncClient) -> None:
    rows = "<row external_id='1'/>" * 1001
    answer = await api.put(
        "sync/customers",
        content=f"<sync source='x'>{rows}</sync>".encode(),
        headers={"content-type": "application/xml"},
    )
    assert answer.status_code == 413
