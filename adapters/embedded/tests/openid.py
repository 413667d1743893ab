"""An OpenID provider on the loopback interface, which lets its one person in without asking."""

from __future__ import annotations

import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import unquote, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "forecourt", "the client's own secret"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


class OpenIdProvider:
    """`person` are the claims it makes about whoever comes; `says` changes single answers of it."""

    def __init__(self, clock: Any) -> None:
        self._clock = clock
        self.address = ""
        self.person: dict[str, Any] = {"sub": "wang", "name": "王建国", "groups": ["advisors"], "sid": "s1"}
        self.more: dict[str, Any] = {}
        self.says: dict[str, Any] = {}
        self.described: dict[str, Any] = {}
        self.silent = False
        self.asked: list[dict[str, str]] = []
        self.keys = [ECKey.generate_key("P-256", {"kid": "first", "use": "sig", "alg": "ES256"})]
        self._codes: dict[str, dict[str, str]] = {}

    @property
    def issuer(self) -> str:
        return f"{self.address}/realm"

    def turn(self, kid: str) -> None:
        """Signs with a new key from now on; the old one is withdrawn."""
        self.keys = [ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})]

    def sign(self, *, key: ECKey | None = None, **claims: Any) -> str:
        now = int(self._clock.now().timestamp())
        said = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, **claims}
        used = key or self.keys[-1]
        given = {name: value for name, value in said.items() if value is not None}
        return jwt.encode({"alg": "ES256", "kid": used.kid}, given, used, algorithms=["ES256"])

    def logout_token(self, **claims: Any) -> str:
        said = {"jti": "out-1", "events": {LOGOUT: {}}, "sid": "s1", "sub": "wang", **claims}
        return self.sign(**said)

    @contextmanager
    def serving(self) -> Iterator[OpenIdProvider]:
        """Served by a thread of its own on a free port."""
        config = uvicorn.Config(self._app(), host="127.0.0.1", port=0, log_level="error", ws="none")
        server = uvicorn.Server(config)
        running = threading.Thread(target=server.run, daemon=True)
        running.start()
        while not server.started:
            time.sleep(0.01)
        self.address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.should_exit = True
            running.join()

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/realm/.well-known/openid-configuration", self._description),
                Route("/realm/authorize", self._authorize),
                Route("/realm/token", self._token, methods=["POST"]),
                Route("/realm/userinfo", self._userinfo),
                Route("/realm/keys", self._keys),
            ]
        )

    async def _description(self, _request: Request) -> Response:
        if self.silent:
            return JSONResponse({}, 502)
        places = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "jwks_uri": "keys",
            "userinfo_endpoint": "userinfo",
            "end_session_endpoint": "out",
        }
        addresses = {name: f"{self.issuer}/{place}" for name, place in places.items()}
        return JSONResponse({"issuer": self.issuer, **addresses, **self.described})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.asked.append(asked)
        code = f"code-{len(self.asked)}"
        self._codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.issuer}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 303)

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        scheme, _blank, shown = request.headers.get("authorization", "").partition(" ")
        who = [unquote(one) for one in b64decode(shown).decode().split(":")] if scheme == "Basic" else []
        asked = self._codes.pop(str(form["code"]), None)
        digest = sha256(str(form["code_verifier"]).encode()).digest()
        challenge = urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            who != [CLIENT, SECRET]
            or asked is None
            or challenge != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        claims = {**self.person, "nonce": asked["nonce"], **self.says}
        return JSONResponse({"id_token": self.sign(**claims), "access_token": "opaque"})

    async def _userinfo(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer opaque"
        return JSONResponse(self.more)

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse(KeySet(self.keys).as_dict(private=False))
