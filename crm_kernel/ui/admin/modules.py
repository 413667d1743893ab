"""Modules: what is installed, what stands in quarantine and why, and switches for each dealership."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.administration.permissions import MODULES_MANAGE
from crm_kernel.administration.staff import OrganisationService
from crm_kernel.errors import NotFound
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.plugins import Plugin
from crm_kernel.text import Text, messages
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest, chosen_shop, shop_options
from crm_kernel.ui.sheet import required_id, text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = "/admin/modules"
STATES: dict[str, tuple[Text, str]] = {
    "on": (_("running"), "success"),
    "off": (_("not chosen"), "neutral"),
    "quarantined": (_("in quarantine"), "danger"),
}


def module_router(kernel: Kernel, renderer: Renderer) -> Router:
    """The modules' page."""
    pages = ModulePages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[get("/")(pages.show), post("/switch")(pages.switch)],
        opt={"permission": MODULES_MANAGE},
        include_in_schema=False,
    )


class ModulePages(AdminRoom):
    """One table for one dealership."""

    @property
    def organisation(self) -> OrganisationService:
        """The service that keeps the switches."""
        found: OrganisationService = self.kernel.service("organisation")
        return found

    async def show(self, request: AnyRequest, actor: Actor) -> Response[str]:
        shops = await self.shops(actor, MODULES_MANAGE)
        shop = chosen_shop(request.query_params, actor, shops)
        switches = {}
        if shop is not None:
            switches = {one.plugin: one.on for one in await self.organisation.modules(actor, shop)}
        rows = [self._row(plugin, switches) for plugin in self.kernel.plugins if not plugin.builtin]
        rows.sort(key=lambda row: (row["state"] != "quarantined", not row["switchable"]))
        return await self.renderer.page(
            request,
            "crm/admin/modules.html",
            heading=translate(_("Modules")),
            rows=rows,
            shops=shop_options(shops, closed=True),
            shop=str(shop or ""),
            shop_name=next((one.name for one in shops if one.id == shop), ""),
            path=self.url(PATH),
        )

    def _row(self, plugin: Plugin, switches: dict[str, bool]) -> dict[str, Any]:
        manifest = plugin.manifest
        label, tone = STATES[plugin.state]
        return {
            "name": plugin.name,
            "label": translate(manifest.label) if manifest else plugin.name,
            "description": translate(manifest.description) if manifest and manifest.description else "",
            "icon": manifest.icon if manifest else "puzzle",
            "version": plugin.version,
            "requires": [self._label(name) for name in plugin.requires],
            "state": plugin.state,
            "state_label": translate(label),
            "tone": tone,
            "reason": translate(plugin.reason),
            "switchable": plugin.name in switches,
            "on": switches.get(plugin.name, False),
        }

    def _label(self, name: str) -> str:
        manifest = self.kernel.plugins[name].manifest if name in self.kernel.plugins else None
        return translate(manifest.label) if manifest else name

    async def switch(self, request: AnyRequest, actor: Actor) -> Response[Any]:
        params = request.query_params
        shop, name, act = (
            required_id(params, "dealership_id"),
            text_of(params, "module"),
            text_of(params, "to"),
        )
        if act not in ("on", "off"):
            raise NotFound()
        await self.organisation.switch_module(actor, shop, name, act == "on")
        text = _("{module} is on.") if act == "on" else _("{module} is off; its data stays.")
        return self.done(request, f"{PATH}?dealership_id={shop}", text(module=self._label(name)))
