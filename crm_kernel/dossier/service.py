"""The service `dossiers`: issues a record's file, and says of a file whether it was issued here."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access, Actor
from crm_kernel.audit.entries import Entry, collect
from crm_kernel.contributions import Entity, Permission, Setting
from crm_kernel.dal.types import uuid7
from crm_kernel.dossier import store
from crm_kernel.dossier.gathering import Gatherer
from crm_kernel.dossier.models import IssuedFile
from crm_kernel.dossier.paper import Sheet, pdf
from crm_kernel.errors import Invalid
from crm_kernel.i18n import formats, translate
from crm_kernel.records.reach import entity_named, reached, titles
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

CHECK = Permission("dossiers.check", _("Check files that were issued"))
FONT = Setting("CRM_PDF_FONT", _("Font file for PDF instead of Noto Sans CJK"), "")
MEDIA_TYPE = "application/pdf"
DIGEST = re.compile(r"[0-9a-f]{64}")


class Issued(msgspec.Struct, frozen=True):
    """A file on its way out."""

    filename: str
    content: bytes
    sha256: str


class IssuedView(msgspec.Struct, frozen=True):
    """That a file was issued: of which record (without title for those who may not see it), when, by whom."""

    entity: str
    record_id: UUID
    title: str
    issued_at: datetime
    issued_by: str
    clear: bool


class Checked(msgspec.Struct, frozen=True):
    """What is known of a file: the SHA-256 of its bytes, and every time it was issued within one's reach."""

    sha256: str
    issued: Sequence[IssuedView]


class Dossiers:
    """Offered as `dossiers`. Issuing checks `<entity prefix>.print` (and `reveal`) itself, hence @public."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._turn = asyncio.Semaphore(2)

    @public
    async def issue(
        self, actor: Actor, entity: Entity | str, record_id: UUID, *, clear: bool = False
    ) -> Issued:
        """The file of a record as its reader sees it; `clear` opens masked values.

        Its digest stands in the change log and among the issued files, the access in the access log, before
        the file leaves. Raises Forbidden without `<prefix>.print` (for `clear` also `reveal`), NotFound,
        ConfigurationError where PDF cannot be written.
        """
        declared = entity_named(self._kernel, entity)
        place = await reached(self._kernel, actor, declared, record_id, verb="print")
        if clear:
            await reached(self._kernel, actor, declared, record_id, verb="reveal")
        gatherer = Gatherer(self._kernel, actor, declared, record_id, clear=clear)
        blocks = await gatherer.blocks()
        now, shops = self._kernel.clock.now(), (await self._kernel.access.policy()).shops
        shop = shops.get(place.dealership_id)
        sheet = Sheet(
            _words(actor, declared, gatherer.title),
            self._subtitle(actor, shop.name if shop else "", now, clear=clear),
            f"{gatherer.title} · {formats.moment(now, actor.locale, timezone=actor.timezone)}",
            translate(_("Page {page} of {pages}"), actor.locale),
            actor.locale,
            actor.name,
            now,
            tuple(blocks),
        )
        path = self._kernel.settings.extra.get(FONT.name, "")
        async with self._turn:
            content = await asyncio.to_thread(pdf, sheet, path)
        digest = hashlib.sha256(content).hexdigest()
        await self._log(actor, declared, record_id, digest, clear=clear)
        await self._keep(actor, declared, record_id, place.dealership_id, content, digest, clear=clear)
        name = f"{declared.name}-{gatherer.title or record_id}-{now:%Y%m%d-%H%M}.pdf"
        return Issued(re.sub(r"[^\w.\-]+", "_", name), content, digest)

    def _subtitle(self, actor: Actor, shop: str, now: datetime, *, clear: bool) -> list[str]:
        at = formats.moment(now, actor.locale, timezone=actor.timezone)
        issued = _("Issued on {at} ({zone}) by {name}")(at=at, zone=actor.timezone, name=actor.name)
        shown = _("Personal numbers stand in clear.") if clear else _("Personal numbers are masked.")
        lines = [shop, translate(issued, actor.locale), translate(shown, actor.locale)]
        return [line for line in lines if line]

    async def _log(self, actor: Actor, entity: Entity, record_id: UUID, digest: str, *, clear: bool) -> None:
        audit = self._kernel.service("audit")
        await audit.accessed(actor, "printed", entity.name, record_id, {"sha256": digest, "clear": clear})
        if clear:
            await audit.accessed(actor, "revealed", entity.name, record_id, {"file": digest})

    async def _keep(
        self,
        actor: Actor,
        entity: Entity,
        record_id: UUID,
        dealership_id: UUID,
        content: bytes,
        digest: str,
        *,
        clear: bool,
    ) -> None:
        async with self._kernel.db.work(actor, now=self._kernel.clock.now()) as work:
            work.add(
                IssuedFile(
                    id=uuid7(),
                    dealership_id=dealership_id,
                    entity=entity.name,
                    record_id=record_id,
                    sha256=digest,
                    size=len(content),
                    clear=clear,
                    locale=actor.locale,
                    issued_at=work.now,
                    issued_by=actor.id,
                )
            )
            entry = Entry(
                entity=entity.name,
                record_id=record_id,
                verb="issue",
                before={},
                after={"sha256": digest, "size": len(content), "clear": clear},
                dealership_id=dealership_id,
                actor=actor,
                reason=None,
                personal=frozenset(),
                fresh=False,
            )
            collect(work, entry)

    @permitted(CHECK.name)
    async def check(self, access: Access, content: bytes) -> Checked:
        """Whether these very bytes were issued within one's reach, and when."""
        return await self._checked(access, hashlib.sha256(content).hexdigest())

    @permitted(CHECK.name)
    async def check_digest(self, access: Access, digest: str) -> Checked:
        """The same for the SHA-256 of a file, in hex. Raises Invalid for what is none."""
        plain = digest.strip().lower()
        if not DIGEST.fullmatch(plain):
            raise Invalid.one("sha256", "digest", _("A SHA-256 has 64 digits from 0 to f."))
        return await self._checked(access, plain)

    async def _checked(self, access: Access, digest: str) -> Checked:
        rows = await store.with_digest(self._kernel.db, access, digest)
        known = await titles(self._kernel, access.actor, [(row.entity, row.record_id) for row, _n in rows])
        return Checked(
            digest,
            [
                IssuedView(
                    row.entity,
                    row.record_id,
                    known.get((row.entity, row.record_id), ""),
                    row.issued_at,
                    name or "",
                    row.clear,
                )
                for row, name in rows
            ],
        )


def _words(actor: Actor, entity: Entity, title: str) -> str:
    label = translate(entity.label, actor.locale)
    return translate(_("File: {label} {title}")(label=label, title=title), actor.locale)
