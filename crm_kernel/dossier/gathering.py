"""Collects what a record's file says: within the reader's rights, in his words, masked as on his screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from crm_kernel.actor import Actor
from crm_kernel.contributions import ApprovalKind, DossierPart, DossierSection, Entity, Flow
from crm_kernel.dossier.paper import Block, Picture
from crm_kernel.flow.clocks import ClockState
from crm_kernel.i18n import formats, translate
from crm_kernel.records import store
from crm_kernel.records.fields import FieldSpec
from crm_kernel.records.wording import Wording
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")

PICTURES = frozenset(("image/jpeg", "image/png"))
LARGEST_PICTURE, MOST_PICTURES = 2 << 20, 12
PAGE = 200
CLOCK_STATES: dict[ClockState, Text] = {
    "running": _("running"),
    "warned": _("nearly over"),
    "overdue": _("overdue"),
    "waiting": _("waiting"),
    "met": _("in time"),
    "missed": _("too late"),
}
APPROVAL_STATES = {
    "open": _("waits for a decision"),
    "approved": _("approved"),
    "refused": _("refused"),
    "withdrawn": _("withdrawn"),
}
APART = frozenset(("id", "version", "dealership_id"))


class Gatherer:
    """One record for one reader; with `clear`, masked values stand open."""

    def __init__(self, kernel: Kernel, actor: Actor, entity: Entity, record_id: UUID, *, clear: bool) -> None:
        self._kernel = kernel
        self._actor = actor
        self._entity = entity
        self._id = record_id
        self._clear = clear
        self.title = ""

    async def blocks(self) -> list[Block]:
        """The whole file."""
        found = await self._facts()
        if any(flow.entity == self._entity.name for flow in self._kernel.registry.of(Flow)):
            found += await self._flow()
            found += await self._approvals()
        found += await self._sections()
        if self._entity.timeline:
            found.append(await self._timeline())
        found.append(await self._attachments())
        return found

    def _say(self, text: Text | str) -> str:
        return translate(text, self._actor.locale)

    def _moment(self, at: datetime | None) -> str:
        return formats.moment(at, self._actor.locale, timezone=self._actor.timezone)

    # What it is

    async def _facts(self) -> list[Block]:
        records = self._kernel.service("records")
        specs: Sequence[FieldSpec] = await records.fields(self._actor, self._entity)
        view = await records.get(self._actor, self._entity, self._id, typed=True)
        wording = Wording(self._kernel, self._actor, specs)
        await wording.prepare()
        await wording.learn([view])
        opened = await self._opened(specs)
        groups: dict[str, list[tuple[str, str]]] = {}
        for spec, head, cell in zip(specs, wording.heads(), wording.cells(view, opened), strict=True):
            if spec.name == self._entity.title:
                self.title = str(cell)
            if str(cell) and spec.name not in APART:
                heading = self._say(spec.field.group) if spec.field.group else ""
                groups.setdefault(heading, []).append((head, str(cell)))
        first = Block(self._say(_("Facts")))
        return [first, *(Block(heading, 2, pairs=pairs) for heading, pairs in groups.items())]

    async def _opened(self, specs: Sequence[FieldSpec]) -> dict[str, object]:
        """Masked values in clear, if that was asked for; the service has checked the right."""
        names = [spec.name for spec in specs if spec.masked and not spec.derived]
        if not self._clear or not names:
            return {}
        from crm_kernel.records.exports.store import open_values

        access = self._actor.access(self._entity.permission("reveal"))
        found = await open_values(self._kernel.db, access, self._entity, names, [self._id])
        return {name: value for name, value in found.get(self._id, {}).items() if value is not None}

    # What was done and decided

    async def _flow(self) -> list[Block]:
        flows = self._kernel.service("flows")
        moves = await flows.history(self._actor, self._entity, self._id)
        rows = []
        for move in moves:
            said = "\n".join(f"{self._say(label)}：{value}" for label, value in move.facts)
            step = f"{self._say(move.label)} → {self._say(move.target_label)}"
            rows.append((self._moment(move.at), move.actor or "", step, said))
        heads = [self._say(one) for one in (_("When"), _("Who"), _("Step"), _("What was said"))]
        steps = Block(
            self._say(_("Steps taken")), heads=heads, widths=(0.18, 0.14, 0.22, 0.46), rows=rows,
            empty=self._say(_("None.")),
        )  # fmt: skip
        clocks = (await flows.clocks(self._actor, self._entity, [self._id])).get(self._id, ())
        lines = [
            (
                self._say(clock.label),
                self._moment(clock.started_at),
                self._moment(clock.due_at),
                self._moment(clock.ended_at),
                self._say(CLOCK_STATES[clock.state]),
            )
            for clock in clocks
        ]
        heads = [self._say(one) for one in (_("Deadline"), _("Began"), _("Due"), _("Ended"), _("State"))]
        return [
            steps,
            Block(
                self._say(_("Deadlines")), heads=heads, widths=(0.28, 0.19, 0.19, 0.19, 0.15), rows=lines,
                empty=self._say(_("None.")),
            ),
        ]  # fmt: skip

    async def _approvals(self) -> list[Block]:
        held = await self._kernel.service("approvals").of_record(self._actor, self._entity, self._id)
        if not held:
            return []
        kinds = {kind.name: kind.label for kind in self._kernel.registry.of(ApprovalKind)}
        ids = {one for row in held for one in (row.asked_by, row.decided_by) if one}
        names = await store.names(self._kernel.db, "staff", list(ids))
        rows = []
        for row in held:
            asked = f"{names.get(row.asked_by, '')} {self._moment(row.asked_at)}\n{row.reason}"
            decided = self._say(APPROVAL_STATES[row.state])
            if row.decided_by is not None:
                decided += f"\n{names.get(row.decided_by, '')} {self._moment(row.decided_at)}"
            decided += f"\n{row.remark}" if row.remark else ""
            amount = formats.money(row.amount, row.currency, self._actor.locale)
            rows.append((self._say(kinds.get(row.kind, row.kind)), amount, asked, decided))
        heads = [self._say(one) for one in (_("What for"), _("Amount"), _("Asked for"), _("Decided"))]
        return [Block(self._say(_("Approvals")), heads=heads, widths=(0.16, 0.18, 0.33, 0.33), rows=rows)]

    async def _sections(self) -> list[Block]:
        """What modules contribute, as far as the reader holds their permission."""
        found: list[Block] = []
        owned = self._kernel.registry.owned(DossierSection)
        sections = sorted(owned, key=lambda one: one[1].order)
        view = await self._kernel.service("records").get(self._actor, self._entity, self._id, typed=True)
        for plugin, section in sections:
            off = plugin in self._actor.grants.modules_off
            if section.entity != self._entity.name or off or not self._actor.may(section.permission):
                continue
            parts = await section.gather(self._kernel, self._actor, view)
            if parts:
                found += [Block(self._say(section.label)), *(self._part(part) for part in parts)]
        return found

    def _part(self, part: DossierPart) -> Block:
        share = 1 / max(len(part.heads), 1)
        return Block(
            self._say(part.title) if part.title else "",
            2,
            pairs=[(self._say(label), value) for label, value in part.pairs if value],
            heads=[self._say(head) for head in part.heads],
            widths=[share] * len(part.heads),
            rows=part.rows,
        )

    # What was said, and what lies with it

    async def _timeline(self) -> Block:
        timeline, rows, cursor = self._kernel.service("timeline"), [], None
        while True:
            page = await timeline.read(self._actor, self._entity, self._id, cursor=cursor, limit=PAGE)
            for item in page.items:
                said = f"{item.text}\n{item.note.body}" if item.note else item.text
                rows.append((self._moment(item.at), item.actor or "", said))
            cursor = page.next
            if cursor is None:
                break
        heads = [self._say(one) for one in (_("When"), _("Who"), _("What"))]
        rows.reverse()
        return Block(
            self._say(_("Timeline")), heads=heads, widths=(0.18, 0.16, 0.66), rows=rows,
            empty=self._say(_("Nothing has happened yet.")),
        )  # fmt: skip

    async def _attachments(self) -> Block:
        attachments = self._kernel.service("attachments")
        held = list(reversed(await attachments.list(self._actor, self._entity, self._id)))
        pairs: list[tuple[str, str]] = []
        pictures: list[Picture] = []
        for one in held:
            size = f"{formats.number(one.size, self._actor.locale)} B · {one.media_type}"
            added = f"{one.author or ''} {self._moment(one.created_at)}"
            pairs.append((one.name, f"{size} · {added}\nSHA-256 {one.sha256}"))
            small = one.media_type in PICTURES and one.size <= LARGEST_PICTURE
            if small and len(pictures) < MOST_PICTURES:
                file = await attachments.download(self._actor, self._entity, self._id, one.id)
                pictures.append(Picture(b"".join([piece async for piece in file.chunks]), one.name))
        return Block(self._say(_("Attachments")), pairs=pairs, pictures=pictures, empty=self._say(_("None.")))
