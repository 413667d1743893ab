"""Exports made in the background: asked for, watched, fetched within a day."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO, cast
from uuid import UUID

import msgspec

from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import Conflict, CrmError, Invalid, NotFound, Unauthenticated
from crm_kernel.jobs.context import current_job
from crm_kernel.logs import outline
from crm_kernel.records.exports import store
from crm_kernel.records.exports.formats import FORMATS, own_folder
from crm_kernel.records.exports.models import ExportRun
from crm_kernel.records.exports.rows import chosen, narrowed
from crm_kernel.records.exports.service import Export, Exports, pour
from crm_kernel.records.query_params import parse_query
from crm_kernel.records.reach import entity_named
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel
    from crm_kernel.records.attachments.files import FileStore

_ = messages("kernel")

JOB = "exports.run"
KEPT = timedelta(hours=24)
MOST_BYTES = 4 << 30
BATCH = 200


class ExportView(msgspec.Struct, frozen=True):
    """A background export as its owner sees it: `done` of `total` rows, the file once `state` is `done`."""

    id: UUID
    entity: str
    format: str
    state: str
    done: int
    total: int
    size: int
    fault: str
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None


class ExportRuns:
    """Offered as `export_runs`. Starting checks `<prefix>.export`; what was started belongs to whoever did,
    and needs the right still when it is fetched. Checked inside, hence @public."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @property
    def _files(self) -> FileStore:
        found: FileStore = self._kernel.service("file_store")
        return found

    @public
    async def start(
        self,
        actor: Actor,
        entity: Entity | str,
        params: Mapping[str, str],
        *,
        format: str = "csv",
        columns: Sequence[str] = (),
        clear: bool = False,
    ) -> ExportView:
        """Let an export be made. `params` are the list's URL parameters. Raises Forbidden, Invalid."""
        declared = entity_named(self._kernel, entity)
        exporter = narrowed(actor, declared, "export")
        if clear:
            actor.access(declared.permission("reveal"))
        if format not in FORMATS:
            raise Invalid.one("format", "choice", _("This is not one of the choices."))
        records = self._kernel.service("records")
        await parse_query(records, exporter, declared, params)
        chosen(await records.fields(exporter, declared), columns or None)
        now = self._kernel.clock.now()
        async with self._kernel.db.work(actor, now=now) as work:
            run = work.add(
                ExportRun(
                    id=uuid7(),
                    dealership_id=actor.place.dealership_id,
                    staff_id=actor.id,
                    entity=declared.name,
                    format=format,
                    params=msgspec.json.encode(dict(params)).decode(),
                    columns=list(columns),
                    clear=clear,
                    state="waiting",
                    done=0,
                    total=0,
                    size=0,
                    fault="",
                    created_at=now,
                )
            )
            self._kernel.service("jobs").enqueue(work, JOB, run_id=str(run.id))
        return _view(run)

    @public
    async def status(self, actor: Actor, run_id: UUID) -> ExportView:
        """How far it is. Raises NotFound for other people's exports."""
        return _view(await self._own(actor, run_id))

    @public
    async def recent(self, actor: Actor, limit: int = 20) -> Sequence[ExportView]:
        """One's own latest exports."""
        return [_view(run) for run in await store.recent(self._kernel.db, actor, min(limit, 100))]

    @public
    async def download(self, actor: Actor, run_id: UUID) -> Export:
        """The file. Raises NotFound when it is not one's own or expired, Conflict before it is done."""
        run = await self._own(actor, run_id)
        declared = entity_named(self._kernel, run.entity)
        actor.access(declared.permission("export"))
        if run.state in ("waiting", "running"):
            raise Conflict(_("The file is still being made."), code="not_ready")
        if run.key is None or run.expires_at is None or run.expires_at <= self._kernel.clock.now():
            raise NotFound(_("This file is gone. Export it again."))
        way = FORMATS[run.format]
        name = f"{declared.plural}-{run.created_at.date().isoformat()}.{way.name}"
        return Export(name, way.media_type, run.done, self._files.read(run.key))

    async def _own(self, actor: Actor, run_id: UUID) -> ExportRun:
        run = await store.own(self._kernel.db, actor, run_id)
        if run is None:
            raise NotFound()
        return run

    @public
    async def carry_out(self, actor: Actor, run_id: UUID) -> ExportView:
        """Make the file; called by the job, again after a crash. Checks what `start` checked."""
        run = await self._own(actor, run_id)
        if run.state not in ("waiting", "running"):
            return _view(run)
        exports: Exports = self._kernel.service("exports")
        declared = entity_named(self._kernel, run.entity)
        params = msgspec.json.decode(run.params, type=dict[str, str])
        try:
            query = await parse_query(self._kernel.service("records"), actor, declared, params)

            async def tell(done: int) -> None:
                await self._set(actor, run_id, done=done)

            export = await exports.export(
                actor,
                declared,
                query,
                format=run.format,
                columns=run.columns or None,
                clear=run.clear,
                on_page=tell,
            )
            await self._keep(actor, run.id, export)
        except Exception as fault:
            reason = str(fault.message) if isinstance(fault, CrmError) else outline(fault)
            await self._set(actor, run.id, state="failed", fault=reason, finished_at=self._kernel.clock.now())
            raise
        return await self.status(actor, run_id)

    async def _keep(self, actor: Actor, run_id: UUID, export: Export) -> None:
        await self._set(actor, run_id, state="running", total=export.rows)
        with tempfile.TemporaryFile(dir=own_folder(self._kernel.settings.home / "tmp")) as out:
            file = cast("BinaryIO", out)
            await pour(export.chunks, file)
            file.seek(0)
            saved = await self._files.save(file, MOST_BYTES)
        now = self._kernel.clock.now()
        try:
            await self._set(
                actor, run_id,
                state="done", done=export.rows, size=saved.size, key=saved.key,
                finished_at=now, expires_at=now + KEPT,
            )  # fmt: skip
        except BaseException:
            await self._files.remove(saved.key)
            raise

    async def _set(self, actor: Actor, run_id: UUID, **values: object) -> None:
        async with self._kernel.db.work(actor) as work:
            held = await work.session.get(ExportRun, run_id)
            if held is None:
                raise NotFound()
            for name, value in values.items():
                setattr(held, name, value)


async def run(kernel: Kernel, run_id: str) -> None:
    """The job: makes one export with the rights its owner has now."""
    job = current_job()
    if job is None:
        raise Unauthenticated()
    await kernel.service("export_runs").carry_out(await job.actor(kernel), UUID(run_id))


async def sweep(kernel: Kernel) -> None:
    """Remove files that have had their day; called every hour."""
    files: FileStore = kernel.service("file_store")
    while True:
        keys = []
        async with kernel.db.work(None) as work:
            for gone in await store.expired(work, kernel.clock.now(), BATCH):
                keys.append(str(gone.key))
                gone.key, gone.state = None, "expired"
        for key in keys:
            await files.remove(key)
        if len(keys) < BATCH:
            return


def _view(run: ExportRun) -> ExportView:
    return ExportView(
        run.id,
        run.entity,
        run.format,
        run.state,
        run.done,
        run.total,
        run.size,
        run.fault,
        run.created_at,
        run.finished_at,
        run.expires_at,
    )
