"""The same answers in every house: records, refusals, addresses under the prefix, work that takes time."""

from __future__ import annotations

import re
import time
from uuid import uuid4

import httpx

from .houses import House

PAGE = {"accept": "text/html"}
TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]*)"')
ADDRESS = re.compile(r'(?:href|src|action|hx-get|hx-post)="(/[^"]*)"')
VINS = ("LSVAA49J132047371", "LFV2A21K8A3047213", "LVSHCAMB1CE054249")


def proof(client: httpx.Client, house: House) -> dict[str, str]:
    """What a page of ours sends along with a change."""
    return {"x-csrf-token": TOKEN.search(client.get(house.url + "/", headers=PAGE).text)[1]}


def a_vin() -> str:
    return f"WTEST{uuid4().hex[:12].upper()}".replace("I", "1").replace("O", "0").replace("Q", "9")


def test_whom_nobody_vouches_for_stays_outside(house: House) -> None:
    with httpx.Client(base_url=house.erp or house.url, timeout=60) as stranger:
        refused = stranger.get(house.url + "/api/v1/customers")
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
        page = stranger.get(house.url + "/customers", headers=PAGE)
        assert page.status_code == 303
        assert "/login?next=" in page.headers["location"]


def test_a_record_lives_the_same_life(house: House, visitor: httpx.Client) -> None:
    vehicles, ours = house.url + "/api/v1/vehicles", proof(visitor, house)
    vin = a_vin()
    made = visitor.post(vehicles, json={"vin": vin, "brand": "大众", "series": "帕萨特"}, headers=ours)
    assert made.status_code == 201, made.text
    assert httpx.URL(made.headers["location"]).path.startswith(house.prefix + "/api/v1/vehicles/")
    one = f"{vehicles}/{made.json()['id']}"
    assert visitor.patch(one, json={"series": "途观"}, headers=ours).status_code == 428
    etag = visitor.get(one).headers["etag"]
    changed = visitor.patch(one, json={"series": "途观"}, headers={**ours, "if-match": etag})
    assert (changed.status_code, changed.json()["series"]) == (200, "途观")
    stale = visitor.patch(one, json={"series": "朗逸"}, headers={**ours, "if-match": etag})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    found = visitor.get(vehicles, params={"vin": vin}).json()["items"]
    assert [item["series"] for item in found] == ["途观"]
    wrong = visitor.post(vehicles, json={"vin": "", "colour": "red"}, headers=ours)
    assert wrong.status_code in (400, 422)
    gone = visitor.delete(f"{one}?reason=test", headers={**ours, "if-match": changed.headers["etag"]})
    assert gone.status_code == 204
    assert visitor.get(one).status_code == 404


def test_a_change_needs_the_proof_of_our_page_unless_a_token_is_shown(
    house: House, visitor: httpx.Client
) -> None:
    made = visitor.post(house.url + "/api/v1/vehicles", json={"vin": a_vin()})
    assert made.status_code == (201 if house.token else 403)


def test_every_address_and_cookie_of_a_page_is_under_the_prefix(house: House, visitor: httpx.Client) -> None:
    if house.token:
        return  # the product at the root has no prefix
    for path in ("/", "/customers", "/vehicles", "/tasks", "/imports/new"):
        page = visitor.get(house.url + path, headers=PAGE)
        assert page.status_code == 200, (path, page.text[:300])
        strange = [found for found in ADDRESS.findall(page.text) if not found.startswith(house.prefix + "/")]
        assert [one for one in strange if one != house.prefix] == [], path
        for name, value in page.headers.multi_items():
            if name == "set-cookie" and value.startswith("crm_"):
                assert f"path={house.prefix}" in value.lower(), value
    asset = re.search(r'src="([^"]+/static/[^"]+\.js)"', page.text)[1]
    script = visitor.get(httpx.URL(house.url).join(asset))
    assert (script.status_code, "javascript" in script.headers["content-type"]) == (200, True)
    openapi = visitor.get(house.url + "/api/openapi.json").json()
    assert house.prefix + "/api/v1/customers" in openapi["paths"]


def test_long_work_is_watched_by_asking(house: House, visitor: httpx.Client) -> None:
    rows = "\r\n".join(["VIN,车牌号,品牌,客户编号", *(f"{vin},,大众,NOBODY" for vin in VINS)])
    files = {"file": ("cars.csv", rows.encode(), "text/csv")}
    ours = proof(visitor, house)
    begun = visitor.post(
        house.url + "/api/v1/imports/vehicles", files=files, data={"start": "true"}, headers=ours
    )
    assert begun.status_code == 201, begun.text
    where = httpx.URL(house.url).join(begun.headers["location"])
    until = time.monotonic() + 60
    run = visitor.get(where).json()
    while run["state"] not in ("done", "failed", "cancelled") and time.monotonic() < until:
        time.sleep(0.2)
        run = visitor.get(where).json()
    assert run["state"] == "done", run
    refused = visitor.get(f"{where}/rejects")
    assert refused.status_code == 200, refused.text
    assert len(refused.json()["items"]) == len(VINS)


def test_the_hosts_own_middleware_stays_in_place(house: House, visitor: httpx.Client) -> None:
    if house.token:
        return  # nobody stands around the product
    page = visitor.get(house.url + "/customers", headers={**PAGE, "accept-encoding": "gzip"})
    assert page.status_code == 200
    assert visitor.get("/login").status_code in (200, 302, 303)
    names = {cookie.name for cookie in visitor.cookies.jar}
    assert names & {"session", "sessionid", "erp"}, names
    if house.name in ("flask", "fastapi"):
        assert page.headers.get("content-encoding") == "gzip"
        partner = visitor.get(house.url + "/customers", headers={**PAGE, "origin": "https://partner.example"})
        assert partner.headers["access-control-allow-origin"] == "https://partner.example"
    if house.name == "django":
        assert visitor.post("/logout", data={}).status_code == 403


def test_out_at_the_host_is_out_here_within_two_seconds(house: House) -> None:
    if house.token:
        return  # the product has its own door, tested where it stands
    with house.client() as client:
        house.sign_in(client, "wang")
        assert client.get(house.url + "/api/v1/customers").status_code == 200
        house.sign_out(client)
        until = time.monotonic() + 2
        while client.get(house.url + "/api/v1/customers").status_code != 401:
            assert time.monotonic() < until
        time.sleep(0)


def test_whoever_has_no_group_of_ours_is_told_so(house: House) -> None:
    if house.token:
        return
    with house.client() as client:
        house.sign_in(client, "zhao")
        refused = client.get(house.url + "/api/v1/customers")
        assert refused.status_code == (401 if house.name == "sidecar" else 403)
