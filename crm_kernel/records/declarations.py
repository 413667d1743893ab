"""What the heart of this room brings: the record service, search, custom fields, tags, dictionaries."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from crm_kernel.actor import Actor, Scope
from crm_kernel.contributions import Command, Job, MenuItem, Offer, Permission, RoleGrant
from crm_kernel.records import custom_fields, dictionaries, models, tags
from crm_kernel.records.custom_fields import CustomFieldService
from crm_kernel.records.dictionaries import DictionaryService
from crm_kernel.records.room import RecordRoom, room_of
from crm_kernel.records.search.models import SearchDocument
from crm_kernel.records.search.service import SearchService
from crm_kernel.records.search.tidying import tidy
from crm_kernel.records.service import RecordService
from crm_kernel.records.tags import TagService
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")


def _search(kernel: Kernel) -> SearchService:
    room = room_of(kernel)
    return SearchService(kernel, room.finder, room.documents, room.reader)


async def _reindex(kernel: Kernel, actor: Actor, arguments: Any) -> int:
    await kernel.service("search").reindex(actor, arguments.entity)
    return 0


def _reindex_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entity", nargs="?", default=None)


ADMINISTRATION = _("Administration")
MODELS = (
    models.NumberSeries,
    models.Tag,
    models.RecordTag,
    models.CustomField,
    models.CustomValue,
    models.DictionaryValue,
    SearchDocument,
)
PERMISSIONS = (
    custom_fields.MANAGE,
    dictionaries.MANAGE,
    tags.MANAGE,
    Permission("search.reindex", _("Make the search index anew"), reserved=True),
)
OFFERS = (
    Offer("records_room", RecordRoom),
    Offer("records", RecordService),
    Offer("search", _search),
    Offer("custom_fields", lambda kernel: CustomFieldService(kernel, room_of(kernel).custom_fields)),
    Offer("tags", lambda kernel: TagService(kernel, room_of(kernel).tags)),
    Offer("dictionaries", lambda kernel: DictionaryService(kernel, room_of(kernel).dictionaries)),
)
ROLES = (
    *(
        RoleGrant("administrator", permission.name, Scope.DEALERSHIP)
        for permission in (custom_fields.MANAGE, dictionaries.MANAGE, tags.MANAGE)
    ),
    RoleGrant("general_manager", tags.MANAGE.name, Scope.DEALERSHIP),
    RoleGrant("customer_service_supervisor", tags.MANAGE.name, Scope.DEALERSHIP),
)
MENU = (
    MenuItem(
        _("Dictionaries"),
        "/admin/dictionaries",
        dictionaries.MANAGE.name,
        "list-details",
        ADMINISTRATION,
        930,
    ),
    MenuItem(_("Tags"), "/admin/tags", tags.MANAGE.name, "tags", ADMINISTRATION, 935),
    MenuItem(
        _("Custom fields"), "/admin/custom-fields", custom_fields.MANAGE.name, "forms", ADMINISTRATION, 940
    ),
)
JOBS = (Job("search.tidy", tidy, _("Keep the search index quick"), cron="50 18 * * *"),)
COMMANDS = (Command("reindex", _("Make the search index anew"), _reindex, _reindex_arguments),)
