"""What one role may do: a scope for each permission and a right for each field, saved by one form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response

from crm_kernel.access.authority import Authority
from crm_kernel.access.policy import SUPER
from crm_kernel.actor import Actor, Scope
from crm_kernel.administration.roles import BEYOND, RoleService, RoleView
from crm_kernel.contributions import Entity, Permission
from crm_kernel.errors import CrmError, Forbidden, Invalid, NotFound
from crm_kernel.i18n import translate
from crm_kernel.text import messages
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest
from crm_kernel.ui.admin.scopes import SCOPE_LABELS, modules_of, permissions_of

_ = messages("kernel")
PATH = "/admin/roles"
SCOPES = {scope.label: scope for scope in Scope}
RIGHTS = ("hide", "read")


class RoleRightsPages(AdminRoom):
    """The matrix of one role."""

    @property
    def policy(self) -> RoleService:
        """The service."""
        found: RoleService = self.kernel.service("policy")
        return found

    async def show(self, request: AnyRequest, actor: Actor, name: str) -> Response[str]:
        return await self._show(request, actor, name, None, None)

    async def _show(
        self, request: AnyRequest, actor: Actor, name: str, typed: Any, fault: CrmError | None
    ) -> Response[str]:
        roles = await self.policy.roles(actor)
        role = next((one for one in roles if one.name == name), None)
        if role is None:
            raise NotFound(_("There is no such role."))
        authority = await self.kernel.access.authority(actor)
        shop = (
            (await self.kernel.access.policy()).shops.get(role.dealership_id) if role.dealership_id else None
        )
        refused = fault.permission if isinstance(fault, Forbidden) else ""
        return await self.renderer.page(
            request,
            "crm/admin/role.html",
            status=200 if fault is None else 403 if isinstance(fault, Forbidden) else 422,
            heading=translate(role.label),
            back_url=self.url(PATH),
            role=role,
            is_super=role.name == SUPER,
            shop=shop.name if shop else "",
            others=[(one.name, translate(one.label)) for one in ordered(roles)],
            modules=self._modules(role, authority, typed or {}, refused),
            fault=translate(fault.message) if fault is not None else None,
            path=self.url(f"{PATH}/{name}"),
            roles_path=self.url(PATH),
        )

    def _modules(
        self, role: RoleView, authority: Authority, typed: Mapping[str, Any], refused: str
    ) -> list[dict[str, Any]]:
        return [
            {
                "name": module.name,
                "label": translate(module.label),
                "sections": [
                    {
                        "label": translate(section.label),
                        "alone": section.entity is None,
                        "lines": [
                            self._line(role, authority, permission, translate(label), typed, refused)
                            for permission, label in section.permissions
                        ],
                        "fields": self._fields(role, section.entity, typed) if section.entity else [],
                    }
                    for section in module.sections
                ],
            }
            for module in modules_of(self.kernel)
        ]

    def _line(
        self,
        role: RoleView,
        authority: Authority,
        permission: Permission,
        label: str,
        typed: Mapping[str, Any],
        refused: str,
    ) -> dict[str, Any]:
        held = role.permissions.get(permission.name)
        mine = [
            scope
            for scope in Scope
            if authority.holds(permission.name, scope, role.dealership_id)
            and (authority.super or not permission.reserved)
        ]
        closed = not role.editable or not mine or (held is not None and held not in mine)
        value = typed.get(f"p:{permission.name}", held.label if held else "")
        offered = mine if not closed else [held] if held else []
        return {
            "name": f"p:{permission.name}",
            "permission": permission.name,
            "label": label,
            "value": value,
            "options": [(scope.label, translate(SCOPE_LABELS[scope])) for scope in offered],
            "reserved": permission.reserved,
            "closed": closed,
            "error": translate(BEYOND) if permission.name == refused else None,
        }

    def _fields(self, role: RoleView, entity: Entity, typed: Mapping[str, Any]) -> list[dict[str, Any]]:
        found = []
        for field in entity.fields:
            name = f"f:{entity.name}.{field.name}"
            value = typed.get(name, role.fields.get(f"{entity.name}.{field.name}", ""))
            found.append({"name": name, "label": translate(field.label), "value": value})
        return found

    async def save(self, request: AnyRequest, actor: Actor, name: str) -> Response[Any]:
        sent = await request.form()
        role = next((one for one in await self.policy.roles(actor) if one.name == name), None)
        if role is None:
            raise NotFound(_("There is no such role."))
        try:
            permissions, fields = self._changes(role, sent)
            await self.policy.set_rights(actor, name, permissions, fields)
        except (Forbidden, Invalid) as fault:
            return await self._show(request, actor, name, sent, fault)
        changed = len(permissions) + len(fields)
        text = (
            _("{count} rights changed; they count at once.")(count=changed)
            if changed
            else _("Nothing changed.")
        )
        return self.done(request, f"{PATH}/{name}", text)

    def _changes(
        self, role: RoleView, sent: Mapping[str, Any]
    ) -> tuple[dict[str, Scope | None], dict[tuple[str, str], str | None]]:
        """What differs from what stands; what was not sent (closed to the sender) stays as it is."""
        permissions: dict[str, Scope | None] = {}
        for permission in permissions_of(self.kernel):
            raw = sent.get(f"p:{permission.name}")
            if raw is None:
                continue
            if raw and raw not in SCOPES:
                raise Invalid.one("permission", "unknown", _("There is no such scope."))
            wanted = SCOPES.get(str(raw))
            if wanted != role.permissions.get(permission.name):
                permissions[permission.name] = wanted
        fields: dict[tuple[str, str], str | None] = {}
        for entity in self.kernel.registry.of(Entity):
            for field in entity.fields:
                raw = sent.get(f"f:{entity.name}.{field.name}")
                if raw is None:
                    continue
                right = str(raw) or None
                if right != role.fields.get(f"{entity.name}.{field.name}"):
                    fields[entity.name, field.name] = right
        return permissions, fields


def ordered(roles: list[RoleView]) -> list[RoleView]:
    """Those of the house first, in the order of their reach; then each dealership's own."""
    return sorted(roles, key=_rank)


def _rank(role: RoleView) -> tuple[bool, bool, int, str]:
    return role.dealership_id is not None, role.name != SUPER, -len(role.permissions), role.name
