"""The service behind attachments."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID

import msgspec

from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity, Setting
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import Conflict, Invalid, NotFound
from crm_kernel.records.attachments import store
from crm_kernel.records.attachments.media import media_type
from crm_kernel.records.attachments.models import Attachment
from crm_kernel.records.attachments.names import tidy
from crm_kernel.records.reach import reached
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel
    from crm_kernel.records.attachments.files import FileStore

_ = messages("kernel")

MEGABYTES = Setting("CRM_ATTACHMENT_MB", _("Largest attachment, in megabytes"), 20)
PER_RECORD = Setting("CRM_ATTACHMENTS_PER_RECORD", _("Most attachments of one record"), 200)


class AttachmentView(msgspec.Struct, frozen=True):
    """An attachment as lists show it; `size` in bytes."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime
    author_id: UUID | None
    author: str | None


@dataclass(frozen=True, slots=True)
class Download:
    """A file on its way out. Serve it as an attachment only, whatever its type."""

    name: str
    media_type: str
    size: int
    chunks: AsyncIterator[bytes]


class Attachments:
    """Offered as `attachments`. Rights are those of the record, checked inside, hence @public: who may view
    it lists and downloads, who may change it adds and deletes."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @property
    def limit(self) -> int:
        """The most bytes of one file."""
        return self._setting(MEGABYTES) << 20

    def _setting(self, setting: Setting) -> int:
        raw = self._kernel.settings.extra.get(setting.name, "")
        return int(raw) if raw.isdigit() and int(raw) > 0 else int(setting.default)

    @property
    def _files(self) -> FileStore:
        found: FileStore = self._kernel.service("file_store")
        return found

    @public
    async def list(self, actor: Actor, entity: Entity | str, record_id: UUID) -> Sequence[AttachmentView]:
        """Files of a record, newest first. Checks the record's `view`."""
        place = await reached(self._kernel, actor, entity, record_id, deleted=None)
        return [_view(found, author) for found, author in await store.of_record(self._kernel.db, place)]

    @public
    async def upload(
        self, actor: Actor, entity: Entity | str, record_id: UUID, name: str, content: BinaryIO
    ) -> AttachmentView:
        """Keep a file (a seekable binary file) with a record. Checks the record's `change`.

        Raises NotFound for a record out of reach, Invalid for a kind of file that is not kept, TooLarge,
        Conflict when the record has too many files, Unavailable when there is no room.
        """
        place = await reached(self._kernel, actor, entity, record_id, verb="change")
        found = await asyncio.to_thread(media_type, content)
        if found is None:
            raise Invalid.one(
                "file",
                "media_type",
                _("Files of this kind are not kept. Use PDF, pictures, recordings, office files or text."),
            )
        saved = await self._files.save(content, self.limit)
        try:
            async with self._kernel.db.work(actor, now=self._kernel.clock.now()) as work:
                most = self._setting(PER_RECORD)
                if await store.count(work, place) >= most:
                    raise Conflict(
                        _("This record has {count} files already.")(count=most), code="too_many_files"
                    )
                attachment = work.add(
                    Attachment(
                        id=uuid7(),
                        dealership_id=place.dealership_id,
                        entity=place.entity.name,
                        record_id=place.id,
                        name=tidy(name),
                        media_type=found,
                        size=saved.size,
                        sha256=saved.sha256,
                        key=saved.key,
                    )
                )
                self._kernel.service("timeline").add(
                    work,
                    place.entity.name,
                    place.id,
                    "attachment",
                    _("File: {name}")(name=attachment.name),
                    dealership_id=place.dealership_id,
                    payload={"attachment_id": str(attachment.id)},
                    source_id=attachment.id,
                )
        except BaseException:
            await asyncio.shield(self._files.remove(saved.key))
            raise
        return _view(attachment, actor.name)

    @public
    async def download(
        self, actor: Actor, entity: Entity | str, record_id: UUID, attachment_id: UUID
    ) -> Download:
        """A file. Checks the record's `view`; each download is noted in the access log.

        Raises NotFound when it is not there, not of this record, or the record is out of reach.
        """
        place = await reached(self._kernel, actor, entity, record_id, deleted=None)
        found = await store.one(self._kernel.db, attachment_id)
        if found is None or (found.entity, found.record_id) != (place.entity.name, place.id):
            raise NotFound()
        await self._kernel.service("audit").accessed(
            actor, "opened", place.entity.name, place.id, {"attachment": str(found.id)}
        )
        return Download(found.name, found.media_type, found.size, self._files.read(found.key))

    @public
    async def delete(self, actor: Actor, entity: Entity | str, record_id: UUID, attachment_id: UUID) -> None:
        """Take a file away; it is destroyed a month later. Checks the record's `change`. Raises NotFound."""
        place = await reached(self._kernel, actor, entity, record_id, verb="change")
        async with self._kernel.db.work(actor, now=self._kernel.clock.now()) as work:
            found = await store.for_change(work, attachment_id)
            if found is None or (found.entity, found.record_id) != (place.entity.name, place.id):
                raise NotFound()
            found.deleted_at, found.deleted_by = work.now, actor.id
            await self._kernel.service("timeline").forget(work, found.dealership_id, found.id)


def _view(found: Attachment, author: str | None) -> AttachmentView:
    return AttachmentView(
        found.id,
        found.name,
        found.media_type,
        found.size,
        found.sha256,
        found.created_at,
        found.owner_id,
        author,
    )
