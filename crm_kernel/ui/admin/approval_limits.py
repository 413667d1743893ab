"""Up to which amount each role may decide alone, per kind of approval."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from litestar import Response, get, post

from crm_kernel.access.policy import SUPER
from crm_kernel.actor import Actor
from crm_kernel.administration.role_labels import role_label
from crm_kernel.contributions import ApprovalKind
from crm_kernel.errors import Invalid, NotFound
from crm_kernel.flow.approvals import MANAGE, Approvals
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.room import room_of
from crm_kernel.text import messages
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest
from crm_kernel.ui.flow.kinds import kinds_here
from crm_kernel.ui.sheet import text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = "/admin/approval-limits"


def approval_limit_router(kernel: Kernel, renderer: Renderer) -> Router:
    """The page of limits."""
    pages = ApprovalLimitPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[get("/")(pages.show), post("/{name:str}")(pages.save)],
        opt={"permission": MANAGE.name},
        include_in_schema=False,
    )


class ApprovalLimitPages(AdminRoom):
    """A table of roles and amounts for each kind."""

    @property
    def approvals(self) -> Approvals:
        """The service."""
        found: Approvals = self.kernel.service("approvals")
        return found

    async def show(self, request: AnyRequest, actor: Actor) -> Response[str]:
        return await self._page(request, actor, "", {}, None)

    async def _page(
        self, request: AnyRequest, actor: Actor, name: str, typed: Mapping[str, Any], fault: Invalid | None
    ) -> Response[str]:
        errors = {one.field: translate(one.message) for one in fault.errors} if fault else {}
        found = [role for role in await self.kernel.access.store.roles() if role.name != SUPER]
        roles = sorted(found, key=lambda role: (not role.preset, role.name))
        kinds = []
        for kind in kinds_here(self.kernel, actor):
            limits = await self.approvals.limits(actor, kind.name)
            kept = limits.amounts
            sent = typed if kind.name == name else None
            rows = [
                {
                    "name": role.name,
                    "label": translate(role_label(role)),
                    "amount": text_of(sent, role.name) if sent is not None else _plain(kept.get(role.name)),
                    "error": errors.get(role.name) if sent is not None else None,
                }
                for role in roles
            ]
            label = translate(kind.label)
            kinds.append({"name": kind.name, "label": label, "rows": rows, "own": limits.own})
        shop = await room_of(self.kernel).directory.shop(actor.dealership_id)
        return await self.renderer.page(
            request,
            "crm/admin/approval_limits.html",
            status=422 if fault else 200,
            heading=translate(_("Approval limits")),
            kinds=kinds,
            currency=shop.currency,
            path=self.url(PATH),
        )

    async def save(self, request: AnyRequest, actor: Actor, name: str) -> Response[Any]:
        kind = self._kind(actor, name)
        sent = await request.form()
        amounts: dict[str, Decimal] = {}
        for role in await self.kernel.access.store.roles():
            raw = text_of(sent, role.name).replace(",", "")
            if raw:
                amounts[role.name] = _amount(raw)
        try:
            await self.approvals.set_limits(actor, kind.name, amounts)
        except Invalid as fault:
            return await self._page(request, actor, kind.name, sent, fault)
        if not amounts:
            return self.done(request, PATH, _("All were empty: the module's own limits apply again."))
        return self.done(request, PATH, _("Saved."))

    def _kind(self, actor: Actor, name: str) -> ApprovalKind:
        for kind in kinds_here(self.kernel, actor):
            if kind.name == name:
                return kind
        raise NotFound()


def _amount(raw: str) -> Decimal:
    """What is no amount becomes one the service refuses in words, at its role."""
    try:
        found = Decimal(raw)
    except InvalidOperation:
        return Decimal(-1)
    return found if found.is_finite() else Decimal(-1)


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.normalize():f}"
