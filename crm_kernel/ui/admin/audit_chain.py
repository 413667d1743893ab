"""Whether the logs are as they were written: their ends, what is not sealed yet, the latest verifications."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.audit.findings import LOG_NAMES
from crm_kernel.audit.integrity import ChainService, ChainState, PastCheck
from crm_kernel.i18n import formats, translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.ui.admin.audit import PATH as AUDIT
from crm_kernel.ui.admin.audit import TABS, VIEW
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest
from crm_kernel.ui.records.display import moment
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = f"{AUDIT}/chain"


def audit_chain_router(kernel: Kernel, renderer: Renderer) -> Router:
    """The page of the chains."""
    pages = ChainPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/")(pages.show),
            get("/head", media_type="application/json")(pages.head),
            post("/verify")(pages.verify),
        ],
        opt={"permission": VIEW},
        include_in_schema=False,
    )


class ChainPages(AdminRoom):
    """One page with two buttons: verify now, keep the head."""

    @property
    def chain(self) -> ChainService:
        """The service."""
        found: ChainService = self.kernel.service("audit_chain")
        return found

    async def show(self, request: AnyRequest, actor: Actor) -> Response[str]:
        checks = [_check(one) for one in await self.chain.checks(actor)]
        return await self.renderer.page(
            request,
            "crm/admin/audit_chain.html",
            heading=translate(_("Audit")),
            tabs=self.tabs(actor, TABS, PATH),
            path=self.url(PATH),
            logs=[_log(one) for one in await self.chain.state(actor)],
            checks=checks,
            finding=checks[0]["finding"] if checks else "",
        )

    async def verify(self, request: AnyRequest, actor: Actor) -> Response[Any]:
        await self.chain.verify_soon(actor)
        return self.done(request, PATH, _("The logs are being verified. Look again in a moment."))

    async def head(self, actor: Actor) -> Response[bytes]:
        kept = await self.chain.ends(actor)
        name = f"audit-head-{kept.at[:10]}.json"
        return Response(
            msgspec.json.encode(kept) + b"\n",
            media_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
        )


def _log(one: ChainState) -> dict[str, Any]:
    sealed_at = one.sealed_at if one.number else None
    return {
        "name": translate(LOG_NAMES[one.log]),
        "number": one.number,
        "hash": one.hash,
        "sealed": moment(sealed_at) if sealed_at else "",
        "exact": formats.moment(sealed_at),
        "unsealed": one.unsealed,
        "since": moment(one.unsealed_since) if one.unsealed_since else "",
        "cleared": one.cleared,
    }


def _check(one: PastCheck) -> dict[str, Any]:
    return {
        "at": moment(one.at),
        "exact": formats.moment(one.at),
        "entries": one.entries,
        "unsealed": one.unsealed,
        "finding": translate(one.finding.words) if one.finding else "",
    }
