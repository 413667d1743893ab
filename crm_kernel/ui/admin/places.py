"""Fields that say where somebody works, and where a role is held."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_kernel.access.store import Shop
from crm_kernel.actor import Actor
from crm_kernel.administration.permissions import ACCESS_MANAGE, ORGANISATION_MANAGE
from crm_kernel.administration.roles import RoleService
from crm_kernel.errors import Invalid, NotFound
from crm_kernel.i18n import translate
from crm_kernel.text import messages
from crm_kernel.ui.admin.room import AdminRoom, shop_options
from crm_kernel.ui.sheet import Sheet, id_of, text_of

_ = messages("kernel")

PLACE = ("dealership_id", "department_id", "team_id")
EVERYWHERE = "*"


async def place_fields(room: AdminRoom, actor: Actor, sheet: Sheet, shops: list[Shop], path: str) -> None:
    """Dealership, department, team. Choosing another dealership asks `path` for the form again."""
    everywhere = await room.everywhere(actor, ORGANISATION_MANAGE)
    sheet.field(
        "dealership_id",
        _("Dealership"),
        "select",
        options=shop_options(shops),
        required=not everywhere,
        hint=_("None: works for the whole group.") if everywhere else None,
        extra=asked_again(room, path),
    )
    raw = sheet.value("dealership_id")
    departments: Any = []
    teams: Any = []
    if raw in {str(shop.id) for shop in shops}:
        organisation = room.kernel.service("organisation")
        departments = await organisation.departments(actor, UUID(raw))
        teams = await organisation.teams(actor, UUID(raw))
    sheet.field("department_id", _("Department"), "select", options=[(d.id, d.name) for d in departments])
    sheet.field("team_id", _("Team"), "select", options=[(t.id, t.name) for t in teams])


def asked_again(room: AdminRoom, path: str) -> dict[str, str]:
    """Attributes of a field in a dialog on which other fields depend."""
    return {
        "hx-get": room.url(path),
        "hx-trigger": "change",
        "hx-target": "#crm-dialog-body",
        "hx-include": "closest form",
    }


async def role_fields(room: AdminRoom, actor: Actor, sheet: Sheet) -> None:
    """A role, and the dealership in which it is held."""
    policy: RoleService = room.kernel.service("policy")
    roles = [(role.name, role.label) for role in await policy.roles(actor)]
    places = shop_options(await room.shops(actor, ACCESS_MANAGE))
    if await room.everywhere(actor, ACCESS_MANAGE):
        places.append((EVERYWHERE, translate(_("everywhere"))))
    sheet.field("role", _("Role"), "select", options=roles, required=True)
    sheet.field("place", _("Where it is held"), "select", options=places, required=True)


def granted_role(sent: Any) -> str:
    """The chosen role. Raises Invalid."""
    role = text_of(sent, "role")
    if not role:
        raise Invalid.one("role", "required", _("Choose one of the list."))
    return role


def granted_place(sent: Any) -> UUID | None:
    """Where a role is held: a dealership, or None for everywhere. Raises Invalid, NotFound."""
    raw = text_of(sent, "place")
    if raw == EVERYWHERE:
        return None
    if not raw:
        raise Invalid.one("place", "required", _("Choose one of the list."))
    found = id_of(sent, "place")
    if found is None:
        raise NotFound()
    return found
