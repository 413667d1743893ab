"""The ERP: its own login and pages, and Forecourt at /crm."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from crm_embedded.wsgi import Forecourt, HostUser
from examples.fastapi_erp.crm import mirror
from examples.flask_erp.middleware import Cors, Gzip
from examples.sqlite_store import Store

HOME = Path(os.environ.get("ERP_HOME", "var/example-flask"))
URL = os.environ.get("ERP_URL", "http://127.0.0.1:8103")

store = Store(HOME / "erp.db")
app = Flask(__name__)
app.secret_key = os.environ.get("ERP_SECRET", "only-for-this-example")


def who(environ: dict[str, Any]) -> HostUser | None:
    """Whom the ERP's session names."""
    with app.request_context(environ):
        person = store.person(session.get("login", ""))
    return HostUser(person["login"], person["name"], person["groups"]) if person else None


crm = Forecourt(
    app.wsgi_app,
    identify=who,
    roles={"advisors": "service_agent", "managers": ["general_manager", "administrator"]},
    name="Süd ERP",
    customers=mirror(store),
    home=HOME / "crm",
    public_url=URL + "/crm",
    login_url=URL + "/login",
    plugins=("customer",),
)
app.wsgi_app = Gzip(Cors(crm, "https://partner.example"))  # type: ignore[method-assign]


@app.before_request
def guard() -> Response | None:
    """Everything but the door is for people who signed in; forms come from our own pages."""
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        abort(403)
    if request.endpoint in ("login", "static") or "login" in session:
        return None
    return redirect(url_for("login"))


@app.route("/login", methods=["GET", "POST"])
def login() -> str | Response | tuple[str, int]:
    following = request.values.get("next", "/")
    if request.method == "GET":
        return render_template("login.html", next=following)
    name = request.form["login"]
    if store.person(name) is None or request.form["password"] != "demo":
        return render_template("login.html", next=following, wrong=True), 422
    session["login"] = name
    own = following.startswith("/") and not following.startswith("//")
    return redirect(following if own else "/")


@app.post("/logout")
def logout() -> Response:
    session.clear()
    return redirect(url_for("login"))


@app.get("/")
def customers() -> str:
    q = request.args.get("q", "")
    return render_template("customers.html", person=_person(), customers=store.customers(q), q=q)


@app.get("/customers/<number>")
def customer(number: str) -> str:
    found = store.customer(number) or abort(404)
    return render_template("customer.html", person=_person(), customer=found, vehicles=store.vehicles(number))


def _person() -> dict[str, Any]:
    return store.person(session["login"]) or abort(401)
