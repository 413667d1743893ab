"""Approvals: asking on a record's page, deciding there or among all that waits for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Request, Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.errors import CrmError, Forbidden, Invalid, NotFound
from crm_kernel.flow.approvals import Approvals
from crm_kernel.flow.views import ApprovalView
from crm_kernel.i18n import formats, translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import Text, messages
from crm_kernel.ui.flow.kinds import kinds_for, kinds_here
from crm_kernel.ui.flow.states import flow_of
from crm_kernel.ui.records.display import moment, reference_labels
from crm_kernel.ui.records.room import EntityRoom
from crm_kernel.ui.room import PageRoom
from crm_kernel.ui.sheet import REFUSALS, Sheet, text_of
from crm_kernel.ui.templating import Renderer, html, told, trigger
from crm_kernel.web.parameters import CurrentActor, PathWord, RecordId
from crm_kernel.web.router import Router

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]
PATH = "/approvals"
STATES: Mapping[str, tuple[Text, str]] = {
    "open": (_("waits for a decision"), "warning"),
    "approved": (_("approved"), "success"),
    "refused": (_("refused"), "danger"),
    "withdrawn": (_("withdrawn"), "neutral"),
}
VERBS: Mapping[str, tuple[Text, Text]] = {
    "approve": (_("Approve"), _("Approved.")),
    "refuse": (_("Refuse"), _("Refused.")),
}


def approval_router(kernel: Kernel, renderer: Renderer) -> Router:
    """What waits for one's decision, and deciding."""
    pages = ApprovalPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/")(pages.waiting),
            get("/{id:uuid}/{verb:str}")(pages.ask),
            post("/{id:uuid}/{verb:str}")(pages.decide),
            post("/{id:uuid}/withdraw")(pages.withdraw),
        ],
        opt={"signed_in": "the service checks the kind's right and the limit of one's roles"},
        include_in_schema=False,
    )


class ApprovalRoom(PageRoom):
    """What pages of approvals share."""

    @property
    def approvals(self) -> Approvals:
        """The service."""
        found: Approvals = self.kernel.service("approvals")
        return found

    async def shown(self, actor: Actor, rows: Sequence[ApprovalView]) -> list[dict[str, Any]]:
        """Approvals as templates take them; whom and what they concern is looked up once for all."""
        labels = {kind.name: translate(kind.label) for kind in kinds_here(self.kernel, actor)}
        people = {str(one) for row in rows for one in (row.asked_by, row.decided_by) if one}
        names = await reference_labels(self.kernel, actor, "staff", people)
        titles: dict[str, str] = {}
        for entity in {row.entity for row in rows}:
            ids = [str(row.record_id) for row in rows if row.entity == entity]
            titles |= await reference_labels(self.kernel, actor, entity, ids)
        return [self._row(actor, row, labels, names, titles) for row in rows]

    def _row(
        self,
        actor: Actor,
        row: ApprovalView,
        labels: Mapping[str, str],
        names: Mapping[str, str],
        titles: Mapping[str, str],
    ) -> dict[str, Any]:
        state, tone = STATES[row.state]
        entity = self.kernel.registry.entity(row.entity)
        plural = entity.plural if entity else row.entity
        return {
            "kind": labels.get(row.kind, row.kind),
            "amount": formats.money(row.amount, row.currency),
            "reason": row.reason,
            "remark": row.remark,
            "state": translate(state),
            "tone": tone,
            "asked_by": names.get(str(row.asked_by), ""),
            "asked_at": moment(row.asked_at),
            "decided_by": names.get(str(row.decided_by), "") if row.decided_by else "",
            "decided_at": moment(row.decided_at) if row.decided_at else None,
            "title": titles.get(str(row.record_id), "—"),
            "record_url": self.url(f"/{plural}/{row.record_id}"),
            "url": self.url(f"{PATH}/{row.id}"),
            "decidable": row.decidable,
            "mine": row.state == "open" and row.asked_by == actor.id,
        }

    def changed(self, request: AnyRequest, text: Text) -> Response[Any]:
        """Done: the list of what waits comes anew with its badge, a record's page looks again in place."""
        if urlsplit(request.headers.get("hx-current-url", "")).path == self.url(PATH):
            return self.done(request, PATH, text)
        response = html("")
        told(response, translate(text))
        trigger(response, {"crm:close-dialog": {}, "crm:approvals": {}, "crm:timeline": {}})
        return response


class ApprovalPages(ApprovalRoom):
    """All that waits for one's decision."""

    async def waiting(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        cursor = request.query_params.get("cursor")
        found = await self.approvals.waiting(actor, cursor)
        return await self.renderer.page(
            request,
            "crm/flow/approvals.html",
            heading=translate(_("Waiting for my approval")),
            rows=await self.shown(actor, found.items),
            count=await self.approvals.waiting_count(actor),
            first_url=self.url(PATH) if cursor else None,
            next_url=f"{self.url(PATH)}?cursor={found.next}" if found.next else None,
        )

    async def ask(self, request: AnyRequest, id: RecordId, verb: PathWord) -> Response[str]:
        return self._form(request, id, verb, None, None)

    def _form(
        self, request: AnyRequest, id: UUID, verb: str, typed: Any, fault: CrmError | None
    ) -> Response[str]:
        label = _verb(verb)[0]
        sheet = Sheet(typed, None, fault)
        extra = {"autofocus": True, "maxlength": 2000}
        sheet.field("remark", _("Remark"), "textarea", required=verb == "refuse", extra=extra)
        return self.dialog(request, label, sheet, f"{PATH}/{id}/{verb}", save_label=label)

    async def decide(
        self, request: AnyRequest, actor: CurrentActor, id: RecordId, verb: PathWord
    ) -> Response[Any]:
        done = _verb(verb)[1]
        sent = await request.form()
        try:
            await self.approvals.decide(actor, id, approve=verb == "approve", remark=text_of(sent, "remark"))
        except (*REFUSALS, Forbidden) as fault:
            return self._form(request, id, verb, sent, fault)
        return self.changed(request, done)

    async def withdraw(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        await self.approvals.withdraw(actor, id)
        return self.changed(request, _("Withdrawn."))


class RecordApprovals(ApprovalRoom, EntityRoom):
    """Approvals on one entity's records."""

    def handlers(self) -> list[Any]:
        """All routes; none for records that follow no flow."""
        if flow_of(self.kernel, self.entity) is None:
            return []
        view = self.needs("view")
        return [
            get("/{id:uuid}/approvals", **view)(self.panel),
            get("/{id:uuid}/approvals/new", **view)(self.new),
            post("/{id:uuid}/approvals/new", **view)(self.add),
        ]

    async def panel(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        """What was asked for about the record; nothing where nothing can be."""
        rows = await self.approvals.of_record(actor, self.entity, id)
        return self.renderer.part(
            request,
            "crm/flow/record_approvals.html",
            rows=await self.shown(actor, rows),
            may_ask=bool(kinds_for(self.kernel, actor, self.entity)),
            path=f"{self.path}/{id}/approvals",
        )

    async def new(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        return await self._form(request, actor, id, None, None)

    async def _form(
        self, request: AnyRequest, actor: Actor, id: UUID, typed: Any, fault: CrmError | None
    ) -> Response[str]:
        kinds = kinds_for(self.kernel, actor, self.entity)
        options = []
        for kind in kinds:
            limit = formats.number(await self.approvals.limit(actor, kind.name))
            word = _("{kind} (up to {limit} you decide alone)")(kind=translate(kind.label), limit=limit)
            options.append((kind.name, word))
        stored = {"kind": kinds[0].name if len(kinds) == 1 else ""}
        sheet = Sheet(typed, stored, fault)
        sheet.field("kind", _("What for"), "select", options=options, required=True, wide=True)
        sheet.field("amount", _("Amount"), required=True, extra={"inputmode": "decimal", "autofocus": True})
        sheet.field("reason", _("Why"), "textarea", required=True, extra={"maxlength": 2000})
        path = f"/{self.entity.plural}/{id}/approvals/new"
        return self.dialog(request, _("Ask for an approval"), sheet, path, save_label=_("Ask"))

    async def add(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        sent = await request.form()
        name = text_of(sent, "kind")
        try:
            if name not in {kind.name for kind in kinds_for(self.kernel, actor, self.entity)}:
                raise Invalid.one("kind", "choice", _("Choose one of the list."))
            amount, reason = _amount(text_of(sent, "amount")), text_of(sent, "reason")
            made = await self.approvals.ask(actor, self.entity, id, name, amount, reason)
        except REFUSALS as fault:
            return await self._form(request, actor, id, sent, fault)
        if made.state == "approved":
            return self.changed(request, _("Approved: it is within your own limit."))
        return self.changed(request, _("Asked for approval."))


def _verb(verb: str) -> tuple[Text, Text]:
    if verb not in VERBS:
        raise NotFound()
    return VERBS[verb]


def _amount(raw: str) -> Decimal:
    """The amount typed; what is none is refused by the service at its field."""
    try:
        found = Decimal(raw.replace(",", "").lstrip("￥¥"))
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() else Decimal(0)
