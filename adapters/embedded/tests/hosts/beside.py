"""A host in front of a process of ours, as other languages build it: `python beside.py PORT TARGET`.

It strips its prefix, as reverse proxies do. With a key it is also an ERP with a login of its own, which signs
what it says to the sidecar.
"""

from __future__ import annotations

import json
import os
import sys
import time
from uuid import uuid4

import httpx
import uvicorn
from joserfc import jwt
from joserfc.jwk import import_key
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

PREFIX = os.environ["ERP_PREFIX"]
KEY = import_key(json.loads(os.environ["ERP_KEY"])) if "ERP_KEY" in os.environ else None
PEOPLE = {"wang": ["advisors"], "li": ["managers"], "zhao": ["warehouse"]}
HOP = {"connection", "keep-alive", "transfer-encoding", "host", "content-length"}

port, target = int(sys.argv[1]), sys.argv[2]
upstream = httpx.AsyncClient(base_url=target, timeout=60)


def token(login: str) -> str:
    now = int(time.time())
    claims = {
        "iss": "erp", "aud": f"http://127.0.0.1:{port}{PREFIX}", "sub": login, "name": login,
        "groups": PEOPLE[login], "iat": now, "exp": now + 60, "jti": uuid4().hex,
    }  # fmt: skip
    return jwt.encode({"alg": "ES256", "kid": KEY.kid}, claims, KEY, algorithms=["ES256"])


async def said(path: str, login: str, body: dict[str, str] | None = None) -> httpx.Response:
    return await upstream.post(
        f"/host/{path}", json=body, headers={"authorization": f"Bearer {token(login)}"}
    )


async def login(request: Request) -> Response:
    """The ERP's own door; it takes the person on into a frame of ours."""
    if request.method == "GET":
        return PlainTextResponse("ERP door")
    form = await request.form()
    answer = await said("links", str(form["login"]), {"path": "/"})
    if answer.status_code != 201:
        return JSONResponse(answer.json(), answer.status_code)
    response = RedirectResponse(answer.json()["url"], 303)
    response.set_cookie("erp", str(form["login"]))
    return response


async def logout(request: Request) -> Response:
    await said("sign-out", request.cookies["erp"])
    response = RedirectResponse("/login", 303)
    response.delete_cookie("erp")
    return response


async def passed_on(request: Request) -> Response:
    path = request.url.path.removeprefix(PREFIX) or "/"
    headers = [(k, v) for k, v in request.headers.raw if k.decode().lower() not in HOP]
    question = upstream.build_request(
        request.method,
        httpx.URL(path=path, query=request.url.query.encode()),
        headers=headers,
        content=await request.body(),
    )
    answer = await upstream.send(question, stream=True)
    content = b"".join([part async for part in answer.aiter_raw()])
    await answer.aclose()
    response = Response(content, answer.status_code)
    kept = [(k, v) for k, v in answer.headers.raw if k.decode().lower() not in HOP]
    response.raw_headers = [*kept, (b"content-length", str(len(content)).encode())]
    return response


routes = [Route(PREFIX + "{rest:path}", passed_on, methods=["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"])]
if KEY is not None:
    routes = [
        Route("/login", login, methods=["GET", "POST"]),
        Route("/logout", logout, methods=["POST"]),
        *routes,
    ]
app = Starlette(routes=routes)
app.add_middleware(GZipMiddleware, minimum_size=500)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
