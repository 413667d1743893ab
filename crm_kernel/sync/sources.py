"""The service `sync_sources`: places that are read on a schedule, by whoever may reach into the machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.access.permitted import permitted
from crm_kernel.actor import Access
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import Conflict, FieldError, Invalid, NotFound
from crm_kernel.sync import store
from crm_kernel.sync.kinds import find_kind
from crm_kernel.sync.models import SyncSource
from crm_kernel.sync.permissions import CONFIGURE
from crm_kernel.sync.readers import Place, ReaderFault, reader_of
from crm_kernel.sync.rows import read_source
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

FEWEST_MINUTES, MOST_MINUTES = 1, 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """A place as somebody describes it; an empty secret leaves the one that is kept."""

    name: str
    source: str
    kind: str
    reader: str
    minutes: int
    options: Mapping[str, str]
    secret: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceView:
    """A place with its state, without its secret; `managed` ones are described by a file of the operator."""

    id: UUID
    name: str
    source: str
    kind: str
    reader: str
    minutes: int
    options: Mapping[str, str]
    mapping: Mapping[str, str]
    has_secret: bool
    active: bool
    managed: bool
    state: str
    failures: int
    fault: str
    due_at: datetime
    read_at: datetime | None


class SourceService:
    """Each place is read with the rights its author has at that time."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @permitted(CONFIGURE)
    async def list(self, access: Access) -> Sequence[SourceView]:
        """The places of the actor's reach."""
        return [_view(row) for row in await store.sources(self._kernel.db, access)]

    @permitted(CONFIGURE)
    async def get(self, access: Access, id: UUID) -> SourceView:
        """One place. Raises NotFound."""
        return _view(await self._one(access, id))

    @permitted(CONFIGURE)
    async def add(self, access: Access, draft: SourceDraft) -> SourceView:
        """A new place, read for the first time within a minute. Raises Invalid."""
        self._check(draft, draft.secret)
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = SyncSource(
                dealership_id=access.actor.dealership_id,
                staff_id=access.actor.id,
                secret=draft.secret,
                watermark={},
                due_at=work.now,
                created_at=work.now,
                **columns_of(draft),
            )
            work.add(row)
            await work.flush()
            self._tell(work, "create", row)
        return _view(row)

    @permitted(CONFIGURE)
    async def change(self, access: Access, id: UUID, draft: SourceDraft) -> None:
        """Describe a place anew; whoever does so is its author from now on, and another place begins anew.

        Raises NotFound, Invalid, Conflict for one that a file describes.
        """
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await self._held(access, id)
            secret = draft.secret or row.secret
            self._check(draft, secret)
            columns = columns_of(draft)
            if (row.reader, row.kind, row.options, row.secret) != (
                draft.reader,
                columns["kind"],
                columns["options"],
                secret,
            ):
                row.watermark = {}
            for name, value in columns.items():
                setattr(row, name, value)
            row.secret, row.staff_id, row.due_at = secret, access.actor.id, work.now
            row.state, row.fault, row.failures = "idle", "", 0
            self._tell(work, "change", row)

    @permitted(CONFIGURE)
    async def switch(self, access: Access, id: UUID, *, active: bool) -> None:
        """Stop reading a place, or go on. Raises NotFound."""
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await self._one(access, id)
            row.active, row.due_at = active, work.now
            self._tell(work, "switch_on" if active else "switch_off", row)

    @permitted(CONFIGURE)
    async def read_now(self, access: Access, id: UUID, *, anew: bool = False) -> None:
        """Have a place read at once, `anew` from its beginning. Raises NotFound, Conflict for a stopped
        one."""
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await self._one(access, id)
            if not row.active:
                raise Conflict(_("This source is switched off."), code="off")
            if anew:
                row.watermark = {}
            self._kernel.service("jobs").enqueue(work, "sync.read", source_id=str(row.id))
            self._tell(work, "read", row)
            work.after_commit(self._kernel.service("jobs").arrived.set)

    @permitted(CONFIGURE)
    async def remove(self, access: Access, id: UUID) -> None:
        """Forget a place; what was read stays. Raises NotFound, Conflict for one that a file describes."""
        async with self._kernel.db.work(access, now=self._kernel.clock.now()) as work:
            row = await self._held(access, id)
            self._tell(work, "delete", row)
            await work.remove(row)

    def _check(self, draft: SourceDraft, secret: str) -> None:
        check_draft(self._kernel, draft, secret)

    async def _held(self, access: Access, id: UUID) -> SyncSource:
        row = await self._one(access, id)
        if row.managed:
            raise Conflict(
                _("A file of the operator describes this source; change it there."), code="managed"
            )
        return row

    async def _one(self, access: Access, id: UUID) -> SyncSource:
        for row in await store.sources(self._kernel.db, access):
            if row.id == id:
                return row
        raise NotFound()

    def _tell(self, work: UnitOfWork, verb: str, row: SyncSource) -> None:
        if self._kernel.offers("audit"):
            after = {"name": row.name, "kind": row.kind, "reader": row.reader}
            self._kernel.service("audit").noted(work, verb, "sync_source", row.id, {}, after)


def check_draft(kernel: Kernel, draft: SourceDraft, secret: str) -> None:
    """Raise Invalid with everything that is wrong with a description."""
    errors = []
    if not draft.name.strip():
        errors.append(FieldError("name", "required", _("Give it a name.")))
    read_source(draft.source)
    try:
        find_kind(kernel, draft.kind)
    except NotFound:
        errors.append(FieldError("kind", "choice", _("This is not one of the choices.")))
    if not FEWEST_MINUTES <= draft.minutes <= MOST_MINUTES:
        text = _("Between {least} and {most} minutes.")(least=FEWEST_MINUTES, most=MOST_MINUTES)
        errors.append(FieldError("minutes", "out_of_range", text))
    reader = reader_of(kernel, draft.reader)
    if reader is None:
        errors.append(FieldError("reader", "choice", _("This is not one of the choices.")))
        raise Invalid(errors)
    known = {option.name for option in reader.options} | {"id"}
    errors += [
        FieldError(name, "unknown", _("There is no such field."))
        for name in draft.options
        if name not in known
    ]
    errors += [
        FieldError(option.name, "required", _("This is needed."))
        for option in reader.options
        if option.required and not draft.options.get(option.name, "").strip()
    ]
    if not errors:
        try:
            reader.check(Place(draft.options, secret))
        except ReaderFault as fault:
            errors.append(FieldError(reader.options[0].name, fault.code, fault.message))
    if errors:
        raise Invalid(errors)


def columns_of(draft: SourceDraft) -> dict[str, object]:
    return {
        "name": draft.name.strip()[:80],
        "source": read_source(draft.source),
        "kind": draft.kind.replace("-", "_"),
        "reader": draft.reader,
        "minutes": draft.minutes,
        "options": {name: value.strip() for name, value in draft.options.items() if value.strip()},
        "mapping": dict(draft.mapping),
    }


def _view(row: SyncSource) -> SourceView:
    names = SourceView.__dataclass_fields__
    values = {name: getattr(row, name) for name in names if name != "has_secret"}
    return SourceView(**values, has_secret=bool(row.secret))
