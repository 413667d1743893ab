"""Run inside an installation: what answers, what stands in quarantine and why. Prints one JSON document."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from crm_kernel.assembly import assemble
from crm_kernel.dal.scoped import trusted
from crm_kernel.events.dispatcher import Dispatcher
from crm_kernel.events.models import Cursor
from crm_kernel.settings import Settings
from crm_kernel.testing.doorman import served
from crm_kernel.testing.people import hire, open_dealership

CORE = ("/", "/customers", "/customers/{id}", "/customers/new", "/vehicles", "/tasks", "/admin/modules")
API = (
    "/api/v1/customers",
    "/api/v1/customers/{id}",
    "/api/v1/vehicles",
    "/health/ready",
    "/api/openapi.json",
)
LOAN = (
    "/loan-cars",
    "/loan-cars/new",
    "/loan-board",
    "/api/v1/loan-cars",
    "/customers/{id}/panels/loan.open",
)


async def probe(home: Path) -> dict[str, Any]:
    kernel = assemble(Settings.load({}, home=home))
    await kernel.upgrade()
    app, doorman = served(kernel)
    async with kernel.running():
        shop = await open_dealership(kernel, "default", 1)
        admin = await hire(kernel, shop.id, super_=True)
        await Dispatcher(kernel).prepare()
        records = kernel.service("records")
        customer = await records.create(
            admin, "customer", {"name": "张伟", "kind": "person", "mobile": "13800008000"}
        )
        if kernel.plugins["loan"].state == "on":
            values = {"code": "L1", "name": "高尔夫", "customer_id": customer.id}
            car = await records.create(admin, "loan_car", values)
            if kernel.offers("loan.desk"):
                await kernel.service("loan.desk").close(admin, car.id)
                await records.create(admin, "loan_car", {**values, "code": "L2"})
        await Dispatcher(kernel).drain()
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        headers = {**doorman.knows(replace(admin, via="token")), "accept": "text/html"}
        answers, texts = {}, {}
        options: Any = {"transport": transport, "base_url": "http://crm.test", "headers": headers}
        async with httpx.AsyncClient(**options) as person:
            for path in (*CORE, *API, *LOAN):
                kind = "application/json" if path in API or path.startswith("/api/") else "text/html"
                answer = await person.get(path.replace("{id}", str(customer.id)), headers={"accept": kind})
                answers[path] = answer.status_code
                texts[path] = answer.text if path in LOAN else ""
            script = texts["/loan-board"].partition('src="/static/loan/')[2].partition('"')[0]
            asset = await person.get(f"/static/loan/{script}") if script else None
        cursors = await kernel.db.rows(trusted(select(Cursor).where(Cursor.attempts > 0)))
        return {
            "states": {p.name: p.state for p in kernel.plugins if p.distribution},
            "reason": str(kernel.plugins["loan"].reason),
            "core": {path: answers[path] for path in (*CORE, *API)},
            "loan": {path: answers[path] for path in LOAN},
            "texts": texts,
            "asset": asset.headers["content-type"] if asset is not None and asset.is_success else "",
            "faults": {cursor.subscriber: cursor.fault for cursor in cursors},
        }


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    print(json.dumps(asyncio.run(probe(Path(sys.argv[1])))))
