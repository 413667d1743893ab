"""One verb for many records: each goes through the same rules as if it were alone, and tells how it went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.query import Query
from crm_kernel.errors import CrmError, Invalid, NotFound, TooLarge
from crm_kernel.records.reading import RecordReader
from crm_kernel.records.writer import RecordWriter
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel
    from crm_kernel.records.service import RecordService

_ = messages("kernel")

MOST = 1000
VERBS = {"change": "change", "delete": "delete", "restore": "restore", "move": "move", "tag": "change"}
"""Each verb with the right it needs."""


class Selection(msgspec.Struct, frozen=True):
    """Which records: their ids, or everything a query finds."""

    ids: tuple[UUID, ...] = ()
    query: Query | None = None


class BulkFailure(msgspec.Struct, frozen=True):
    """A record that stayed as it was, and why."""

    id: UUID
    code: str
    message: Text


class BulkResult(msgspec.Struct, frozen=True):
    """How many were asked for and done, and those that were not."""

    total: int
    done: int
    failed: list[BulkFailure]


class BulkVerbs:
    """Carries a verb out record by record, each in a transaction of its own."""

    def __init__(
        self, kernel: Kernel, records: RecordService, reader: RecordReader, writer: RecordWriter
    ) -> None:
        self._kernel = kernel
        self._records = records
        self._reader = reader
        self._writer = writer

    async def run(
        self, actor: Actor, entity: Entity, selection: Selection, verb: str, arguments: Mapping[str, Any]
    ) -> BulkResult:
        """Do it to all of them.

        Raises Invalid for an unknown verb, Forbidden without its right, TooLarge above a thousand records.
        """
        if verb not in VERBS:
            raise Invalid.one("verb", "unknown", _("There is no such action."))
        access = actor.access(entity.permission(VERBS[verb]))
        one = self._action(verb, arguments)
        ids: Sequence[UUID] = tuple(dict.fromkeys(selection.ids))
        query = selection.query
        if query is not None:
            if verb == "restore" and query.deleted is False:
                query = query.but(deleted=True)
            ids = await self._reader.ids(access, entity, query, MOST + 1)
        if len(ids) > MOST:
            raise TooLarge(_("Choose at most {most} records at a time.")(most=MOST))
        failed: list[BulkFailure] = []
        for record_id in ids:
            try:
                await one(actor, entity, record_id)
            except NotFound as fault:
                failed.append(BulkFailure(record_id, fault.code, fault.message))
            except Invalid as fault:
                first = fault.errors[0] if fault.errors else None
                failed.append(BulkFailure(record_id, fault.code, first.message if first else fault.message))
            except CrmError as fault:
                failed.append(BulkFailure(record_id, fault.code, fault.message))
        return BulkResult(len(ids), len(ids) - len(failed), failed)

    def _action(self, verb: str, arguments: Mapping[str, Any]) -> Any:
        match verb:
            case "change":
                return self._change(_mapping(arguments))
            case "delete":
                reason = str(arguments.get("reason") or "")
                if not reason.strip():
                    raise Invalid.one("reason", "required", _("Say why."))
                return partial(self._delete, reason)
            case "restore":
                return self._records.restore
            case "move":
                return self._move(arguments.get("owner_id"))
        return self._tag(_words(arguments.get("add")), _words(arguments.get("remove")))

    def _change(self, changes: Mapping[str, Any]) -> Any:
        if not changes:
            raise Invalid.one("arguments", "required", _("Say what to change."))

        async def change(actor: Actor, entity: Entity, id: UUID) -> None:
            await self._records.change(actor, entity, id, changes)

        return change

    async def _delete(self, reason: str, actor: Actor, entity: Entity, id: UUID) -> None:
        await self._records.delete(actor, entity, id, reason)

    def _move(self, owner: Any) -> Any:
        if owner is None:
            raise Invalid.one("owner_id", "required", _("Say who takes them over."))

        async def move(actor: Actor, entity: Entity, id: UUID) -> None:
            access = actor.access(entity.permission("move"))
            async with self._kernel.db.work(access) as work:
                await self._writer.change(work, access, entity, id, {"owner_id": owner})

        return move

    def _tag(self, add: list[str], remove: list[str]) -> Any:
        if not add and not remove:
            raise Invalid.one("arguments", "required", _("Say which tags to add or take off."))

        async def tag(actor: Actor, entity: Entity, id: UUID) -> None:
            access = actor.access(entity.permission("change"))
            async with self._kernel.db.work(access) as work:
                await self._writer.retag(work, access, entity, id, add, remove)

        return tag


def _mapping(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    changes = arguments.get("changes", arguments)
    if not isinstance(changes, Mapping):
        raise Invalid.one("changes", "type", _("Say what to change."))
    return changes


def _words(value: Any) -> list[str]:
    items = value if isinstance(value, list | tuple) else [value] if value else []
    if not all(isinstance(item, str) for item in items):
        raise Invalid.one("arguments", "type", _("Tags are text."))
    return [item.strip() for item in items if item.strip()]
