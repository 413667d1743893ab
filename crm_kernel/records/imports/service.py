"""The service behind every import: by page, by API, by command line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from crm_kernel.access.permitted import public
from crm_kernel.actor import Access, Actor
from crm_kernel.contributions import Entity, Importer
from crm_kernel.dal.types import uuid7
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, CrmError, FieldError, Invalid, NotFound
from crm_kernel.records.imports import rejects, store
from crm_kernel.records.imports.corrections import CorrectedRows
from crm_kernel.records.imports.engine import Counts, ImportEngine
from crm_kernel.records.imports.files import ImportFiles
from crm_kernel.records.imports.importer import Draft, EntityImporter
from crm_kernel.records.imports.mapping import HeadIndex, checked, signature
from crm_kernel.records.imports.models import ImportReject, ImportRun
from crm_kernel.records.imports.preview import Preview, preview_of
from crm_kernel.records.imports.reading import Source, open_source
from crm_kernel.records.room import room_of
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")


class Imports:
    """Imports of every entity that allows it, under `<prefix>.import`."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._files = ImportFiles(kernel.settings.home)

    async def _importer(self, actor: Actor, kind: str) -> tuple[EntityImporter, Access]:
        importer = self._build(kind)
        access = actor.access(importer.entity.permission("import"))
        await importer.learn(actor.dealership_id)
        return importer, access

    def _build(self, kind: str) -> EntityImporter:
        name = kind.replace("-", "_")
        for declared in self._kernel.registry.of(Importer):
            if declared.kind == name:
                importer: EntityImporter = declared.factory(self._kernel)
                return importer
        entity = self._kernel.registry.entity(name) or self._kernel.registry.entity(name.replace("_", "-"))
        if entity is None or not entity.importable:
            raise NotFound(_("Nothing called {kind} can be imported.")(kind=kind))
        return EntityImporter(self._kernel, entity)

    @public
    def kinds(self, actor: Actor) -> list[tuple[str, Entity]]:
        """What this actor may import, in the order in which files go. Checks each kind's right."""
        special = {d.entity: d for d in self._kernel.registry.of(Importer)}
        entities = [
            e for e in self._kernel.registry.of(Entity) if e.importable and actor.may(e.permission("import"))
        ]
        entities.sort(key=lambda e: special[e.name].order if e.name in special else 1000)
        return [
            (special[e.name].kind if e.name in special else e.plural.replace("-", "_"), e) for e in entities
        ]

    @public
    async def upload(self, actor: Actor, kind: str, content: bytes, filename: str) -> Preview:
        """Take a file and propose how to read it. Checks the kind's own right."""
        importer, access = await self._importer(actor, kind)
        run_id = uuid7()
        self._files.sweep()
        path = self._files.keep(run_id, content)
        try:
            source = open_source(path, HeadIndex(importer.fields()).known)
            total = sum(1 for _row in source.rows())
            mapping = await self._propose(actor, kind, importer, source)
            run = self._run(actor, run_id, kind, filename, source, mapping, total)
            async with self._kernel.db.work(access) as work:
                work.add(run)
        except BaseException:
            self._files.drop(run_id)
            raise
        return preview_of(run, source, importer)

    @public
    async def preview(self, actor: Actor, run_id: UUID) -> Preview:
        """An uploaded file once more. Checks the kind's own right; NotFound when the file is gone."""
        run = await self.status(actor, run_id)
        importer, _access = await self._importer(actor, run.kind)
        path = self._files.path(run.id)
        if not path.is_file():
            raise NotFound(_("The file is no longer here. Upload it again."))
        return preview_of(run, open_source(path, HeadIndex(importer.fields()).known), importer)

    @public
    def messages(self, kind: str) -> dict[str, Text]:
        """Reason codes of a kind's own fields in words; holds nothing that needs a right."""
        try:
            return _messages(self._build(kind))
        except NotFound:
            return {}

    def _run(
        self,
        actor: Actor,
        run_id: UUID,
        kind: str,
        filename: str,
        source: Source,
        mapping: dict[str, str],
        total: int,
    ) -> ImportRun:
        return ImportRun(
            id=run_id,
            dealership_id=actor.dealership_id,
            staff_id=actor.id,
            kind=kind.replace("-", "_"),
            filename=Path(filename).name[:255],
            state="ready",
            dry_run=False,
            mapping=mapping,
            heads=list(source.heads),
            total=total,
            done=0,
            counts={},
            created_at=self._kernel.clock.now(),
        )

    async def _propose(
        self, actor: Actor, kind: str, importer: EntityImporter, source: Source
    ) -> dict[str, str]:
        known = await store.remembered(
            self._kernel.db, actor.dealership_id, kind.replace("-", "_"), signature(source.heads)
        )
        return known or HeadIndex(importer.fields()).guess(source.heads)

    @public
    async def start(
        self, actor: Actor, run_id: UUID, mapping: Mapping[str, str] | None = None, *, dry_run: bool = False
    ) -> None:
        """Let an uploaded file be imported in the background. Checks the kind's own right.

        Raises Conflict when it runs already or is over, Invalid for a mapping that cannot be.
        """
        run = await self.status(actor, run_id)
        importer, access = await self._importer(actor, run.kind)
        if run.state in ("running", "done"):
            raise Conflict(_("This import is already running or over."))
        chosen = checked(mapping if mapping is not None else run.mapping, run.heads, importer.fields())
        async with self._kernel.db.work(access) as work:
            held = await work.session.get(ImportRun, run.id)
            if held is None:
                raise NotFound()
            held.mapping, held.dry_run, held.state = chosen, dry_run, "running"
            held.done, held.counts, held.fault = 0, {}, ""
            if not dry_run:
                await store.remember(work, actor.dealership_id, run.kind, signature(run.heads), chosen)
            self._kernel.service("jobs").enqueue(work, "imports.run", run_id=str(run.id))

    @public
    async def status(self, actor: Actor, run_id: UUID) -> ImportRun:
        """A run of the actor's dealership. Checks the kind's own right; foreign runs are not there."""
        run = await store.run(self._kernel.db, actor.dealership_id, run_id)
        if run is None:
            raise NotFound()
        actor.access(self._build(run.kind).entity.permission("import"))
        return run

    @public
    async def recent(self, actor: Actor, limit: int = 20) -> Sequence[ImportRun]:
        """The latest runs the actor may see. Checks each kind's own right."""
        allowed = {kind for kind, _entity in self.kinds(actor)}
        return [
            run
            for run in await store.runs(self._kernel.db, actor.dealership_id, limit)
            if run.kind in allowed
        ]

    @public
    async def carry_out(self, actor: Actor, run_id: UUID) -> dict[str, Any]:
        """Import what is left of a run; called by the job, again after a crash. Checks the kind's right."""
        run = await self.status(actor, run_id)
        importer, access = await self._importer(actor, run.kind)
        path = self._files.path(run.id)
        if run.state != "running":
            return dict(run.counts)
        try:
            source = open_source(path, HeadIndex(importer.fields()).known)
            counts = Counts.resumed(run.kind, run.counts if not run.dry_run else {})

            async def on_chunk(work: UnitOfWork | None, counts: Counts, _drafts: Sequence[Draft]) -> None:
                await self._advance(access, work, run.id, counts)

            await ImportEngine(self._kernel, importer, access, run.kind).run(
                source, run.mapping, dry_run=run.dry_run, run_id=run.id, counts=counts, on_chunk=on_chunk
            )
        except (CrmError, FileNotFoundError) as fault:
            await self._finish(
                access, run.id, "failed", str(getattr(fault, "message", "")) or type(fault).__name__
            )
            raise
        await self._finish(access, run.id, "ready" if run.dry_run else "done", "")
        if not run.dry_run:
            self._files.drop(run.id)
            await self._tell_the_planner(importer.entity)
        return counts.as_dict()

    async def _advance(self, access: Access, work: UnitOfWork | None, run_id: UUID, counts: Counts) -> None:
        async with self._kernel.db.work(access) as own:
            run = await (work or own).session.get(ImportRun, run_id)
            if run is None or run.state == "cancelled":
                raise Conflict(
                    _("The import was cancelled; what was imported before stays."), code="cancelled"
                )
            run.done, run.counts = counts.rows, counts.as_dict()

    async def _finish(self, access: Access, run_id: UUID, state: str, fault: str) -> None:
        async with self._kernel.db.work(access) as work:
            run = await work.session.get(ImportRun, run_id)
            if run is not None and run.state != "cancelled":
                run.state, run.fault, run.finished_at = state, fault, work.now

    async def _tell_the_planner(self, entity: Entity) -> None:
        """Once the rows stand, which may be later than the end of the import."""
        async with self._kernel.db.work(None) as work:
            room_of(self._kernel).growth.ended(work, entity.model.__tablename__)

    @public
    async def cancel(self, actor: Actor, run_id: UUID) -> None:
        """Stop a run after its present chunk. Checks the kind's own right."""
        run = await self.status(actor, run_id)
        _importer, access = await self._importer(actor, run.kind)
        async with self._kernel.db.work(access) as work:
            held = await work.session.get(ImportRun, run.id)
            if held is not None and held.state in ("ready", "running"):
                held.state, held.finished_at = "cancelled", work.now

    @public
    async def import_file(
        self,
        actor: Actor,
        kind: str,
        path: Path,
        *,
        mapping: Mapping[str, str] | None = None,
        dry_run: bool = False,
        errors: Path | None = None,
        progress: Any = None,
    ) -> dict[str, Any]:
        """Import a file of this machine here and now (the command line). Checks the kind's own right."""
        importer, access = await self._importer(actor, kind)
        index = HeadIndex(importer.fields())
        source = open_source(path, index.known)
        proposed = mapping if mapping is not None else await self._propose(actor, kind, importer, source)
        chosen = checked(proposed, source.heads, importer.fields())
        run = self._run(actor, uuid7(), kind, path.name, source, chosen, 0)
        run_id = run.id
        run.state, run.dry_run = "running", dry_run
        async with self._kernel.db.work(access) as work:
            work.add(run)
            if mapping is not None and not dry_run:
                await store.remember(work, actor.dealership_id, run.kind, signature(source.heads), chosen)
        dry_rejects: list[ImportReject] = []

        async def on_chunk(work: UnitOfWork | None, counts: Counts, drafts: Sequence[Draft]) -> None:
            await self._advance(access, work, run_id, counts)
            if dry_run and errors is not None:
                dry_rejects.extend(_as_reject(run_id, draft, source) for draft in drafts if draft.errors)
            if progress is not None:
                progress(counts)

        engine = ImportEngine(self._kernel, importer, access, kind.replace("-", "_"))
        counts = await engine.run(
            source,
            chosen,
            dry_run=dry_run,
            run_id=run_id,
            counts=Counts(kind.replace("-", "_")),
            on_chunk=on_chunk,
        )
        await self._finish(access, run_id, "done", "")
        if errors is not None:
            await self._save_rejects(actor, run_id, source.heads, errors, dry_rejects, importer)
        if not dry_run:
            await self._tell_the_planner(importer.entity)
        return counts.as_dict()

    async def _save_rejects(
        self,
        actor: Actor,
        run_id: UUID,
        heads: Sequence[str],
        target: Path,
        dry: list[ImportReject],
        importer: EntityImporter,
    ) -> None:
        async def given() -> AsyncIterator[ImportReject]:
            for row in dry:
                yield row

        rows = given() if dry else self._rejects(run_id)
        with target.open("w", encoding="utf-8", newline="") as file:
            async for piece in rejects.as_csv(heads, rows, actor.locale, _messages(importer)):
                file.write(piece)

    async def _rejects(self, run_id: UUID) -> AsyncIterator[ImportReject]:
        after = 0
        while page := await store.rejects(self._kernel.db, run_id, after, 500):
            for row in page:
                yield row
            after = page[-1].line

    @public
    async def rejected(
        self, actor: Actor, run_id: UUID, after: int = 0, limit: int = 50
    ) -> Sequence[ImportReject]:
        """Refused rows of a run, in file order. Checks the kind's own right."""
        run = await self.status(actor, run_id)
        return await store.rejects(self._kernel.db, run.id, after, limit)

    @public
    async def rejects_file(self, actor: Actor, run_id: UUID) -> tuple[str, AsyncIterator[str]]:
        """A file name and the refused rows as CSV. Checks the kind's own right."""
        run = await self.status(actor, run_id)
        importer, _access = await self._importer(actor, run.kind)
        stem = Path(run.filename).stem
        return f"{stem}-rejected.csv", rejects.as_csv(
            run.heads, self._rejects(run.id), actor.locale, _messages(importer)
        )

    @public
    async def correct(self, actor: Actor, run_id: UUID, rows: Mapping[int, Sequence[str]]) -> dict[str, Any]:
        """Import corrected rows (line to cells); those accepted leave the list. Checks the kind's right.

        Answers the counts of these rows, with what is still wrong under `errors` by line.
        """
        run = await self.status(actor, run_id)
        importer, access = await self._importer(actor, run.kind)
        held = {row.line for row in await store.rejects(self._kernel.db, run.id, 0, 100_000)}
        if unknown := [line for line in rows if line not in held]:
            raise Invalid(
                [FieldError(str(n), "unknown_line", _("Line {n} was not refused.")(n=n)) for n in unknown]
            )
        source = CorrectedRows(tuple(run.heads), {line: tuple(cells) for line, cells in rows.items()})
        still: dict[int, list[dict[str, str]]] = {}

        async def on_chunk(work: UnitOfWork | None, _counts: Counts, drafts: Sequence[Draft]) -> None:
            if work is None:
                return
            await store.forget_rejects(work, run_id, [draft.line for draft in drafts])
            for draft in drafts:
                if draft.errors:
                    reject = _as_reject(run_id, draft, source)
                    work.add(reject)
                    still[draft.line] = reject.errors

        counts = await ImportEngine(self._kernel, importer, access, run.kind, keep_rejects=False).run(
            source, run.mapping, dry_run=False, run_id=run_id, counts=Counts(run.kind), on_chunk=on_chunk
        )
        return {**counts.as_dict(), "errors": still}


def _as_reject(run_id: UUID, draft: Draft, source: Any) -> ImportReject:
    return ImportReject(
        run_id=run_id,
        line=draft.line,
        cells=msgspec.json.encode(draft.cells).decode(),
        errors=[{"column": name, "reason": reason} for name, reason in draft.errors],
    )


def _messages(importer: EntityImporter) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for field in importer.fields():
        if field.kind is not None:
            found |= field.kind.messages
    return found
