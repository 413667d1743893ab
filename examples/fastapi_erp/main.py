"""The ERP: its own login and pages, and Forecourt at /crm."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Form, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.sessions import SessionMiddleware

from crm_embedded.asgi import Forecourt, HostUser
from examples.fastapi_erp.crm import look, mirror
from examples.sqlite_store import Store

HERE = Path(__file__).parent
HOME = Path(os.environ.get("ERP_HOME", "var/example-fastapi"))
URL = os.environ.get("ERP_URL", "http://127.0.0.1:8101")

store = Store(HOME / "erp.db")
templates = Jinja2Templates(HERE / "templates")


def who(scope: Any) -> HostUser | None:
    """Whom the ERP's session names."""
    person = store.person(scope["session"].get("login", ""))
    return HostUser(person["login"], person["name"], person["groups"]) if person else None


crm = Forecourt(
    identify=who,
    roles={"advisors": "service_agent", "managers": ["general_manager", "administrator"]},
    name="远航 ERP",
    customers=mirror(store),
    look=look(),
    home=HOME / "crm",
    public_url=URL + "/crm",
    login_url=URL + "/login",
    plugins=("customer",),
)

app = FastAPI(lifespan=crm.lifespan)
app.add_middleware(GZipMiddleware, minimum_size=500)
app.add_middleware(CORSMiddleware, allow_origins=["https://partner.example"], allow_credentials=True)
app.add_middleware(SessionMiddleware, secret_key=os.environ.get("ERP_SECRET", "only-for-this-example"))
app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
app.mount("/crm", crm)


@app.get("/login")
def door(request: Request, next: str = "") -> Response:
    return templates.TemplateResponse(request, "login.html", {"next": next})


@app.post("/login")
def sign_in(request: Request, login: str = Form(), password: str = Form(), next: str = Form("")) -> Response:
    if store.person(login) is None or password != "demo":
        return templates.TemplateResponse(request, "login.html", {"next": next, "wrong": True}, 422)
    request.session["login"] = login
    own = next.startswith("/") and not next.startswith("//")
    return RedirectResponse(next if own else request.url_for("customers").path, 303)


@app.post("/logout")
def sign_out(request: Request) -> Response:
    request.session.clear()
    return RedirectResponse(request.url_for("door").path, 303)


@app.get("/")
def customers(request: Request, q: str = "") -> Response:
    return _page(request, "customers.html", customers=store.customers(q), q=q)


@app.get("/customers/{number}")
def customer(request: Request, number: str) -> Response:
    found = store.customer(number)
    if found is None:
        return Response("Not found", 404)
    return _page(request, "customer.html", customer=found, vehicles=store.vehicles(number))


def _page(request: Request, name: str, **values: Any) -> Response:
    person = store.person(request.session.get("login", ""))
    if person is None:
        return RedirectResponse(request.url_for("door").path, 303)
    return templates.TemplateResponse(request, name, {"person": person, **values})
