"""People sign in through their company's OpenID provider, and are out when it says so."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey

from crm_embedded.host import Host
from crm_embedded.product import product
from crm_embedded.sidecar.main import doors
from crm_embedded.sidecar.settings import Trust
from crm_embedded.sidecar.tokens import user_of
from crm_kernel.errors import ConfigurationError
from crm_kernel.settings import Settings

from .openid import CLIENT, SECRET, OpenIdProvider

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
OURS = "http://127.0.0.1:8000"
PAGE = {"accept": "text/html", "accept-language": "zh-CN"}


@pytest.fixture
def provider(clock: Any) -> Iterator[OpenIdProvider]:
    with OpenIdProvider(clock).serving() as serving:
        yield serving


@pytest.fixture
def trust(provider: OpenIdProvider, clock: Any, tmp_path: Any) -> Trust:
    given = {
        "CRM_HOST_NAME": "远航",
        "CRM_HOST_OIDC_ISSUER": provider.issuer,
        "CRM_HOST_OIDC_CLIENT": CLIENT,
        "CRM_HOST_OIDC_SECRET": SECRET,
        "CRM_HOST_ROLES": "advisors=service_agent managers=general_manager",
    }
    return Trust.of(Settings.load(given, home=tmp_path), clock)


@pytest.fixture
def host(trust: Trust) -> Host:
    return trust.host


@pytest.fixture
async def browser(seeded: Any, trust: Trust) -> AsyncIterator[httpx.AsyncClient]:
    app = product(seeded, more=partial(doors, trust))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=OURS, headers=PAGE) as client:
        yield client


async def there(address: str) -> str:
    """At the provider, which sends the browser back."""
    async with httpx.AsyncClient() as outside:
        return (await outside.get(address)).headers["location"]


async def signed_in(browser: httpx.AsyncClient, wanted: str = "/customers") -> httpx.Response:
    """Through the whole flow; the answer to what the provider sent the browser to."""
    refused = await browser.get(wanted)
    assert refused.status_code == 303
    began = await browser.get(refused.headers["location"])
    assert began.status_code == 303, began.text
    return await browser.get(await there(began.headers["location"]))


async def may_read(browser: httpx.AsyncClient) -> bool:
    return (await browser.get("/api/v1/customers")).status_code == 200


async def test_who_is_known_at_the_provider_comes_in_and_lands_where_he_wanted(browser, provider) -> None:
    answer = await signed_in(browser, "/customers?q=%E7%8E%8B")
    assert (answer.status_code, answer.headers["location"]) == (303, "/customers?q=%E7%8E%8B")
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("crm_session"))
    assert "HttpOnly" in cookie
    assert await may_read(browser)
    (asked,) = provider.asked
    assert (asked["response_type"], asked["code_challenge_method"], asked["client_id"]) == (
        "code", "S256", CLIENT,
    )  # fmt: skip
    assert "openid" in asked["scope"].split()
    assert len(asked["state"]) >= 32
    assert len(asked["nonce"]) >= 32
    elsewhere = await browser.get("/login?next=https://evil.test/")
    first = await browser.get("/login?next=/customers")
    second = await browser.get("/login?next=/vehicles")
    for began, wanted in ((first, "/customers"), (elsewhere, "/"), (second, "/vehicles")):
        answer = await browser.get(await there(began.headers["location"]))
        assert (answer.status_code, answer.headers["location"]) == (303, wanted)


NOT_FOR_US_NOW: tuple[dict[str, Any], ...] = (
    {"iss": "https://somebody.else"},
    {"aud": "another client"},
    {"aud": ["forecourt", "another"]},
    {"azp": "another client"},
    {"exp": 1},
    {"iat": 4102444800},
    {"nonce": "of another sign-in"},
    {"nonce": None},
    {"sub": None},
)


async def test_an_id_token_that_is_forged_or_not_for_us_now_opens_nothing(browser, provider) -> None:
    for says in NOT_FOR_US_NOW:
        provider.says = says
        answer = await signed_in(browser)
        assert answer.status_code == 403, says
        assert "无法让您登录" in answer.text
        assert "通过 远航 登录" in answer.text
        assert not await may_read(browser)
    provider.says = {}
    provider.sign = partial(provider.sign, key=ECKey.generate_key("P-256", {"kid": "first"}))
    assert (await signed_in(browser)).status_code == 403
    assert not await may_read(browser)


async def test_an_answer_counts_for_who_asked_once_and_for_ten_minutes(browser, provider, clock) -> None:
    began = await browser.get("/login?next=/customers")
    back = httpx.URL(await there(began.headers["location"]))
    assert (await browser.get(back.copy_set_param("state", "x"))).status_code == 403
    kept = dict(browser.cookies)
    browser.cookies.clear()
    foisted = await browser.get(back)
    assert foisted.status_code == 403
    assert "请重新开始" in foisted.text
    browser.cookies.update(kept)
    mixed_up = await browser.get(back.copy_set_param("iss", "https://somebody.else"))
    assert mixed_up.status_code == 403
    assert not await may_read(browser)
    began = await browser.get("/login")
    back = httpx.URL(await there(began.headers["location"]))
    assert (await browser.get(back)).status_code == 303
    assert (await browser.get(back)).status_code == 403
    began = await browser.get("/login")
    back = httpx.URL(await there(began.headers["location"]))
    clock.advance(timedelta(minutes=11))
    assert (await browser.get(back)).status_code == 403


async def test_what_goes_wrong_is_said_in_words_and_nobody_comes_in(browser, provider, clock) -> None:
    provider.silent = True
    away = await browser.get("/login")
    assert (away.status_code, away.headers["retry-after"]) == (503, "5")
    assert "稍后再试" in away.text
    provider.silent = False
    for lie in ({"issuer": "https://somebody.else"}, {"token_endpoint": "http://open.line/token"}):
        clock.advance(timedelta(seconds=30))
        provider.described = lie
        assert (await browser.get("/login")).status_code == 503
    provider.described = {}
    clock.advance(timedelta(seconds=30))
    for lang, error, said in (
        ("zh-CN", "access_denied", "access_denied"),
        ("en", "<b>call+0900", "You could not be signed in"),
    ):
        words = {"accept-language": lang}
        began = await browser.get("/login", headers=words)
        state = httpx.URL(began.headers["location"]).params["state"]
        refused = await browser.get(f"/login/callback?state={state}&error={error}", headers=words)
        assert refused.status_code == 403
        assert said in refused.text
        assert "call+0900" not in refused.text
        assert "call 0900" not in refused.text
    provider.person["groups"] = ["warehouse"]
    stranger = await signed_in(browser)
    assert stranger.status_code == 403
    assert "管理员" in stranger.text
    del provider.person["groups"]
    provider.more = {"sub": "li", "groups": ["managers"]}
    assert (await signed_in(browser)).status_code == 403, "the userinfo speaks of somebody else"
    assert not await may_read(browser)
    provider.more = {"sub": "wang", "groups": ["managers"]}
    assert (await signed_in(browser)).status_code == 303, "what the id token leaves out is asked for"


async def test_keys_turn_and_a_session_that_ends_there_ends_here(browser, provider, clock) -> None:
    await signed_in(browser)
    provider.turn("second")
    clock.advance(timedelta(seconds=30))
    assert await may_read(browser)
    browser.cookies.clear()
    assert (await signed_in(browser)).status_code == 303
    told = partial(browser.post, "/login/back-channel-logout")
    for token in (
        *(provider.logout_token(**claims) for claims in NO_WORD),
        provider.sign(**provider.person, nonce="n", jti="1"),
        "",
        "a.b.c",
    ):
        answer = await told(data={"logout_token": token})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
        assert await may_read(browser)
    other = await told(data={"logout_token": provider.logout_token(sid="s2", jti="2")})
    assert other.status_code == 200
    assert await may_read(browser)
    token = provider.logout_token()
    assert (await told(data={"logout_token": token})).status_code == 200
    assert not await may_read(browser)
    assert (await told(data={"logout_token": token})).status_code == 400
    assert (await signed_in(browser)).status_code == 403, "the session at the provider is over"
    provider.person["sid"] = "s3"
    assert (await signed_in(browser)).status_code == 303
    everywhere = provider.logout_token(sid=None, jti="3")
    assert (await told(data={"logout_token": everywhere})).status_code == 200
    assert not await may_read(browser)


NO_WORD: tuple[dict[str, Any], ...] = (
    {"events": None},
    {"events": {"x": {}}},
    {"nonce": "n"},
    {"sid": None, "sub": None},
    {"aud": "other"},
    {"jti": None},
    {"exp": 1},
    {"iss": "https://somebody.else"},
)


async def test_signing_out_here_leads_out_there(browser, provider) -> None:
    await signed_in(browser)
    page = (await browser.get("/customers")).text
    assert "王建国" in page
    assert "退出登录" in page
    proof = {"x-csrf-token": page.split('name="csrf-token" content="')[1].split('"')[0]}
    assert (await browser.post("/logout")).status_code == 403
    out = await browser.post("/logout", headers={**proof, "hx-request": "true"})
    place = httpx.URL(out.headers["hx-redirect"])
    assert str(place).startswith(f"{provider.issuer}/out?")
    assert place.params["post_logout_redirect_uri"] == f"{OURS}/login/out"
    assert place.params["id_token_hint"].count(".") == 2
    assert not await may_read(browser)
    assert "您已退出登录" in (await browser.get("/login/out")).text


def test_groups_may_lie_deeper_in_a_token(database) -> None:
    keycloak = {"sub": "wang", "realm_access": {"roles": ["managers"]}}
    assert user_of(keycloak, "realm_access.roles").groups == {"managers"}
    assert user_of({"sub": "wang"}, "realm_access.roles").groups == frozenset()


@pytest.mark.parametrize(
    "given",
    [
        {"CRM_HOST_OIDC_CLIENT": "x"},
        {"CRM_HOST_OIDC_CLIENT": "x", "CRM_HOST_OIDC_ISSUER": "http://open.line"},
        {"CRM_HOST_OIDC_ISSUER": "https://login.test"},
        {},
    ],
    ids=str,
)
def test_settings_by_which_nobody_or_anybody_could_come_in_are_refused(
    database, given, clock, tmp_path
) -> None:
    with pytest.raises(ConfigurationError):
        Trust.of(Settings.load(given, home=tmp_path), clock)
