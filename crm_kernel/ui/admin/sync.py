"""Synchronisation: what other systems delivered, what of it was refused, and the places that are read."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.sync.kinds import all_kinds
from crm_kernel.sync.ledger import BatchView, Ledger
from crm_kernel.sync.permissions import CONFIGURE, MANAGE, PUSH
from crm_kernel.text import Text, messages
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest, Tab
from crm_kernel.ui.records.display import moment
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = "/admin/sync"
TABS: tuple[Tab, ...] = ((PATH, _("Deliveries"), MANAGE), (f"{PATH}/sources", _("Sources"), CONFIGURE))
STATES: dict[str, tuple[Text, str]] = {
    "done": (_("taken"), "success"),
    "partly": (_("partly refused"), "warning"),
    "failed": (_("failed"), "danger"),
    "repeated": (_("taken again"), "neutral"),
}
WAYS: dict[str, Text] = {
    "api": _("interface"),
    "process": _("in process"),
    "again": _("once more"),
    "folder": _("folder"),
    "sql": _("database"),
    "rest": _("HTTP interface"),
    "host": _("host system"),
}


def sync_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Pages of the ledger."""
    pages = LedgerPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/")(pages.list_page),
            get("/{id:uuid}")(pages.show),
            post("/{id:uuid}/again")(pages.again),
        ],
        opt={"permission": MANAGE},
        include_in_schema=False,
    )


class LedgerPages(AdminRoom):
    """Deliveries, latest first; one of them with its refused rows."""

    @property
    def ledger(self) -> Ledger:
        """The service."""
        found: Ledger = self.kernel.service("sync_ledger")
        return found

    async def list_page(self, request: AnyRequest, actor: Actor) -> Response[str]:
        state = request.query_params.get("state", "")
        state = state if state in STATES else ""
        page = await self.ledger.list(
            actor, state=state or None, cursor=request.query_params.get("cursor") or None
        )
        following = (
            f"{self.url(PATH)}?{urlencode({'state': state, 'cursor': page.next})}" if page.next else None
        )
        return await self.renderer.page(
            request,
            "crm/admin/sync.html",
            heading=translate(_("Synchronisation")),
            tabs=self.tabs(actor, TABS, PATH),
            rows=[self._row(one) for one in page.items],
            states=[
                {
                    "label": translate(label),
                    "url": self.url(PATH) + (f"?state={key}" if key else ""),
                    "active": key == state,
                }
                for key, label in (("", _("all")), *((key, word[0]) for key, word in STATES.items()))
            ],
            state=state,
            next_url=following,
            path=self.url(PATH),
        )

    def _row(self, one: BatchView) -> dict[str, Any]:
        label, tone = STATES[one.state]
        kinds = {kind.name: kind.label for kind in all_kinds(self.kernel)}
        return {
            "id": one.id,
            "kind": translate(kinds[one.kind]) if one.kind in kinds else one.kind,
            "source": one.source,
            "via": translate(WAYS[one.via]) if one.via in WAYS else one.via,
            "state": translate(label),
            "tone": tone,
            "rows": one.rows,
            "created": one.created,
            "changed": one.changed,
            "unchanged": one.unchanged,
            "rejected": one.rejected,
            "fault": one.fault,
            "at": moment(one.started_at),
            "open": one.state in ("partly", "failed") and one.rows > 0,
            "next_id": one.next_id,
        }

    async def show(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        batch = await self.ledger.get(actor, id)
        after = request.query_params.get("after", "0")
        position = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
        rejects = await self.ledger.rejects(actor, id, position, 101)
        row = self._row(batch)
        heading = translate(_("{kind} from {source}")(kind=row["kind"], source=row["source"]))
        return await self.renderer.page(
            request,
            "crm/admin/sync_batch.html",
            heading=heading,
            row=row,
            rejects=rejects[:100],
            next_after=rejects[99].position if len(rejects) > 100 else None,
            may_again=row["open"] and actor.may(PUSH),
            path=self.url(PATH),
        )

    async def again(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        found = await self.ledger.again(actor, id)
        text = _("{taken} rows were taken, {refused} are still refused.")(
            taken=len(found.outcomes) - found.count("rejected"), refused=found.count("rejected")
        )
        return self.done(request, f"{PATH}/{found.id}", text)
