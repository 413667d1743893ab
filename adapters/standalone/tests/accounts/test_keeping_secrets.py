"""How a password is stored and how a session is handed to the browser, as the product does it by itself."""

from __future__ import annotations

import pytest
from litestar import Response

from crm_kernel.settings import Settings
from crm_kernel.web.session_cookie import drop_session, keep_session
from crm_standalone.accounts.passwords import Passwords


async def test_passwords_are_hashed_by_argon2id_at_the_strength_of_rfc_9106() -> None:
    passwords = Passwords()
    stored = await passwords.hash("orchard-lantern-7")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert stored != await passwords.hash("orchard-lantern-7"), "the salt is fresh"
    assert await passwords.verify("orchard-lantern-7", stored) == (True, None)


@pytest.mark.parametrize(
    ("address", "prefix", "secure"),
    [("https://crm.example.cn", "", True), ("http://127.0.0.1:8000/crm", "/crm", False)],
)
def test_the_session_cookie_is_closed_to_scripts_and_other_sites(tmp_path, address, prefix, secure) -> None:
    settings = Settings.load({}, home=tmp_path, public_url=address)
    answer: Response[None] = Response(None)
    keep_session(answer, "token", settings)
    (cookie,) = answer.cookies
    assert (cookie.key, cookie.value) == ("crm_session", "token")
    assert (cookie.httponly, cookie.samesite, cookie.secure) == (True, "lax", secure)
    assert (cookie.path, cookie.domain, cookie.max_age) == (prefix or "/", None, None)
    drop_session(answer, settings)
    gone = [one for one in answer.cookies if one.max_age == 0]
    assert [(one.key, one.path) for one in gone] == [("crm_session", prefix or "/")]
