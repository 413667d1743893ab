"""Import by page: choose a file, check what its columns mean, try it, let it run, mend what was refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile

from crm_kernel.actor import Actor
from crm_kernel.errors import CrmError, Invalid
from crm_kernel.i18n import formats, translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.imports.files import MAX_BYTES
from crm_kernel.records.imports.models import ImportRun
from crm_kernel.records.imports.rejects import explain
from crm_kernel.records.imports.service import Imports
from crm_kernel.text import Text, messages
from crm_kernel.ui.room import PageRoom
from crm_kernel.ui.templating import Renderer, go, is_htmx
from crm_kernel.web.parameters import CurrentActor, RecordId
from crm_kernel.web.router import Router

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]
SIGNED_IN = {"signed_in": "the service checks the right of each kind"}

STATES: dict[str, Text] = {
    "ready": _("waiting for you"),
    "running": _("running"),
    "done": _("done"),
    "failed": _("failed"),
    "cancelled": _("stopped"),
}
MULTIPART_SLACK = 64 * 1024


def import_router(kernel: Kernel, renderer: Renderer) -> Router:
    """The pages of imports."""
    pages = ImportPages(kernel, renderer)
    return Router(
        "/imports",
        route_handlers=[
            get("/")(pages.recent),
            get("/new")(pages.new),
            post("/", request_max_body_size=MAX_BYTES + MULTIPART_SLACK)(pages.upload),
            get("/{id:uuid}")(pages.run_page),
            get("/{id:uuid}/progress")(pages.progress),
            post("/{id:uuid}/start")(pages.start),
            post("/{id:uuid}/cancel")(pages.cancel),
            get("/{id:uuid}/rejects.csv")(pages.rejects_file),
            post("/{id:uuid}/correct")(pages.correct),
        ],
        opt=SIGNED_IN,
        include_in_schema=False,
    )


class ImportPages(PageRoom):
    """One run from the chosen file to the last corrected row."""

    def __init__(self, kernel: Kernel, renderer: Renderer) -> None:
        super().__init__(kernel, renderer)
        self.path = f"{kernel.settings.prefix}/imports"

    @property
    def imports(self) -> Imports:
        """The service."""
        found: Imports = self.kernel.service("imports")
        return found

    async def recent(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        runs = [self._line(run) for run in await self.imports.recent(actor)]
        return await self.renderer.page(
            request,
            "crm/imports/recent.html",
            heading=translate(_("Imports")),
            runs=runs,
            new_url=f"{self.path}/new",
        )

    def _line(self, run: ImportRun) -> dict[str, Any]:
        counts = run.counts or {}
        return {
            "url": f"{self.path}/{run.id}",
            "filename": run.filename,
            "kind": self._kind_label(run.kind),
            "state": translate(STATES[run.state]),
            "at": run.created_at.isoformat(),
            "when": formats.relative(run.created_at),
            "rows": run.done,
            "rejected": sum((counts.get("rejected") or {}).values()),
        }

    def _kind_label(self, kind: str) -> str:
        entity = self.kernel.registry.entity(kind) or self.kernel.registry.entity(kind.replace("_", "-"))
        return translate(entity.plural_label) if entity else kind

    async def new(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        return await self._new(request, actor, request.query_params.get("kind", ""), None)

    async def _new(
        self, request: AnyRequest, actor: Actor, kind: str, fault: CrmError | None
    ) -> Response[str]:
        kinds = [(key, translate(entity.plural_label)) for key, entity in self.imports.kinds(actor)]
        return await self.renderer.page(
            request,
            "crm/imports/new.html",
            status=422 if fault else 200,
            heading=translate(_("Import from a file")),
            back_url=self.path,
            kinds=kinds,
            kind=kind.replace("-", "_"),
            fault=translate(fault.message) if fault else None,
            upload_url=self.path,
        )

    async def upload(self, request: AnyRequest, actor: CurrentActor) -> Response[Any]:
        sent = await request.form()
        kind, file = str(sent.get("kind", "")), sent.get("file")
        try:
            if not isinstance(file, UploadFile) or not file.filename:
                raise Invalid.one("file", "required", _("Choose a file."))
            preview = await self.imports.upload(actor, kind, await file.read(), file.filename)
        except CrmError as fault:
            return await self._new(request, actor, kind, fault)
        return go(request, f"{self.path}/{preview.run_id}")

    async def run_page(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        return await self._run_page(request, actor, id, None)

    async def _run_page(
        self, request: AnyRequest, actor: Actor, id: UUID, fault: Invalid | None
    ) -> Response[str]:
        run = await self.imports.status(actor, id)
        values = await self._run_values(actor, run)
        if run.state == "ready":
            preview = await self.imports.preview(actor, id)
            values |= {
                "preview": preview,
                "fields": [(name, translate(label), required) for name, label, required in preview.fields],
                "fault": " ".join(translate(one.message) for one in fault.errors) if fault else None,
            }
        return await self.renderer.page(
            request,
            "crm/imports/run.html",
            status=422 if fault else 200,
            heading=run.filename,
            back_url=self.path,
            **values,
        )

    async def _run_values(self, actor: Actor, run: ImportRun) -> dict[str, Any]:
        counts = run.counts or {}
        rejected = await self.imports.rejected(actor, run.id) if not run.dry_run else []
        return {
            "run": run,
            "run_url": f"{self.path}/{run.id}",
            "kind": self._kind_label(run.kind),
            "list_url": self._list_url(run.kind),
            "state": translate(STATES[run.state]),
            "counts": counts,
            "reasons": self._reasons(actor, counts),
            "rejects": [self._reject(actor, row) for row in rejected]
            if run.state in ("done", "cancelled")
            else [],
            "rejected_total": sum((counts.get("rejected") or {}).values()),
        }

    def _list_url(self, kind: str) -> str | None:
        entity = self.kernel.registry.entity(kind) or self.kernel.registry.entity(kind.replace("_", "-"))
        return f"{self.kernel.settings.prefix}/{entity.plural}" if entity and entity.pages else None

    def _reasons(self, actor: Actor, counts: dict[str, Any]) -> list[tuple[str, str, int]]:
        heads = (
            ("rejected", _("refused")),
            ("warned", _("kept, with a warning")),
            ("duplicates", _("may exist twice")),
        )
        return [
            (translate(head), explain(reason, actor.locale, self.imports.messages(run_kind)), number)
            for key, head in heads
            for run_kind in [str(counts.get("kind", ""))]
            for reason, number in (counts.get(key) or {}).items()
        ]

    def _reject(self, actor: Actor, row: Any) -> dict[str, Any]:
        cells = msgspec.json.decode(row.cells, type=list[str])
        wrong = {error["column"]: explain(error["reason"], actor.locale, {}) for error in row.errors}
        return {"line": row.line, "cells": cells, "wrong": wrong}

    async def progress(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        run = await self.imports.status(actor, id)
        if run.state != "running" and is_htmx(request):
            return go(request, f"{self.path}/{id}")
        return self.renderer.part(
            request,
            "crm/imports/progress.html",
            run=run,
            run_url=f"{self.path}/{id}",
            state=translate(STATES[run.state]),
        )

    async def start(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        sent = await request.form()
        run = await self.imports.status(actor, id)
        mapping = {head: str(sent.get(f"column-{place}", "")) for place, head in enumerate(run.heads)}
        try:
            await self.imports.start(actor, id, mapping, dry_run=sent.get("dry_run") == "1")
        except Invalid as fault:
            return await self._run_page(request, actor, id, fault)
        return go(request, f"{self.path}/{id}")

    async def cancel(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        await self.imports.cancel(actor, id)
        return go(request, f"{self.path}/{id}")

    async def rejects_file(self, actor: CurrentActor, id: RecordId) -> Response[bytes]:
        """The refused rows as a file of the same form, with line, column and reason at the end."""
        from urllib.parse import quote

        name, pieces = await self.imports.rejects_file(actor, id)
        body = "".join([piece async for piece in pieces]).encode()
        disposition = f"attachment; filename=\"rejected.csv\"; filename*=UTF-8''{quote(name)}"
        return Response(
            body, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": disposition}
        )

    async def correct(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        sent = await request.form()
        run = await self.imports.status(actor, id)
        lines = [int(raw) for raw in sent.getall("line", []) if str(raw).isdigit()]
        rows = {n: [str(sent.get(f"cell-{n}-{place}", "")) for place in range(len(run.heads))] for n in lines}
        result = await self.imports.correct(actor, id, rows)
        done = result["created"] + result["repeated"]
        text = translate(_("{count} rows taken over.")(count=done))
        if result["errors"]:
            text += " " + translate(_("{count} are still wrong.")(count=len(result["errors"])))
        return go(
            request,
            f"{self.path}/{id}",
            {"level": "warning" if result["errors"] else "success", "text": text},
        )
