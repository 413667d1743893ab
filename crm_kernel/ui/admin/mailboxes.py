"""Mailboxes that are read: set up, tried out, and what became of their messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.errors import CrmError, Invalid, NotFound
from crm_kernel.i18n import formats, translate
from crm_kernel.kernel import Kernel
from crm_kernel.mail.permissions import MANAGE
from crm_kernel.mail.service import MailboxDraft, MailboxService, MailboxView, ReceiptView
from crm_kernel.mail.wording import FAULTS, REASONS, STATES
from crm_kernel.text import Text, messages
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest, Tab
from crm_kernel.ui.records.display import moment
from crm_kernel.ui.sheet import REFUSALS, Sheet, text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = "/admin/mailboxes"
MESSAGES = f"{PATH}/messages"
TABS: tuple[Tab, ...] = ((PATH, _("Mailboxes"), MANAGE), (MESSAGES, _("Messages"), MANAGE))
SECURITY = (("tls", _("TLS from the start (usually port 993)")), ("starttls", _("STARTTLS (usually 143)")))
CHOICES: dict[str, tuple[Text, tuple[str, ...]]] = {
    "": (_("all"), ()),
    "open": (_("not taken"), ("refused", "failed")),
    "ignored": (_("passed over"), ("ignored", "repeated")),
    "taken": (_("taken"), ("begun", "joined")),
}


def mailbox_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Pages of the mail room."""
    pages = MailboxPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/")(pages.list_page),
            get("/messages")(pages.messages_page),
            post("/messages/{id:uuid}/again")(pages.again),
            get("/new")(pages.new),
            post("/new")(pages.add),
            get("/{id:uuid}/edit")(pages.edit),
            post("/{id:uuid}/edit")(pages.change),
            post("/{id:uuid}/{act:str}")(pages.act),
        ],
        opt={"permission": MANAGE},
        include_in_schema=False,
    )


class MailboxPages(AdminRoom):
    """Two lists, and a dialog for a mailbox."""

    @property
    def boxes(self) -> MailboxService:
        """The service."""
        found: MailboxService = self.kernel.service("mailboxes")
        return found

    async def list_page(self, request: AnyRequest, actor: Actor) -> Response[str]:
        takers = {one.name: translate(one.label) for one in self.boxes.takers(actor)}
        return await self.renderer.page(
            request,
            "crm/admin/mailboxes.html",
            heading=translate(_("Mailboxes")),
            tabs=self.tabs(actor, TABS, PATH),
            rows=[self._row(one, takers) for one in await self.boxes.list(actor)],
            path=self.url(PATH),
            may_add=bool(takers),
        )

    def _row(self, one: MailboxView, takers: Mapping[str, str]) -> dict[str, Any]:
        label, tone = _("on"), "success"
        if not one.active:
            label, tone = _("switched off"), "neutral"
        elif one.fault:
            label, tone = _("does not work"), "danger"
        elif one.checked_at is None:
            label, tone = _("not read yet"), "info"
        return {
            "id": one.id,
            "address": one.address,
            "server": f"{one.host}:{one.port}",
            "taker": takers.get(one.taker, one.taker),
            "state": translate(label),
            "tone": tone,
            "fault": translate(FAULTS[one.fault]) if one.fault else "",
            "checked": moment(one.checked_at) if one.checked_at else "—",
            "not_taken": one.not_taken,
            "active": one.active,
        }

    async def messages_page(self, request: AnyRequest, actor: Actor) -> Response[str]:
        state = request.query_params.get("state", "")
        state = state if state in CHOICES else ""
        items, following = await self.boxes.receipts(
            actor, CHOICES[state][1], request.query_params.get("cursor") or None
        )
        next_url = None
        if following:
            next_url = f"{self.url(MESSAGES)}?{urlencode({'state': state, 'cursor': following})}"
        return await self.renderer.page(
            request,
            "crm/admin/mailbox_messages.html",
            heading=translate(_("Mailboxes")),
            tabs=self.tabs(actor, TABS, MESSAGES),
            rows=[self._message(one) for one in items],
            states=[
                {
                    "label": translate(label),
                    "url": self.url(MESSAGES) + (f"?state={key}" if key else ""),
                    "active": key == state,
                }
                for key, (label, _states) in CHOICES.items()
            ],
            state=state,
            path=self.url(MESSAGES),
            next_url=next_url,
        )

    def _message(self, one: ReceiptView) -> dict[str, Any]:
        label, tone = STATES[one.state]
        entity = self.kernel.registry.entity(one.entity) if one.entity else None
        linked = entity is not None and one.record_id is not None
        return {
            "id": one.id,
            "subject": one.subject or translate(_("(no subject)")),
            "sender": one.sender,
            "mailbox": one.mailbox,
            "state": translate(label),
            "tone": tone,
            "reason": translate(REASONS[one.reason]) if one.reason in REASONS else "",
            "left_out": one.left_out,
            "at": moment(one.at),
            "exact": formats.moment(one.at),
            "url": self.url(f"/records/{one.entity}/{one.record_id}") if linked else None,
            "again": one.state in ("refused", "failed"),
        }

    async def new(self, request: AnyRequest, actor: Actor) -> Response[str]:
        stored = {"port": "993", "security": "tls", "folder": "INBOX"}
        return self._form(request, actor, stored, f"{PATH}/new")

    def _form(
        self,
        request: AnyRequest,
        actor: Actor,
        stored: Mapping[str, Any],
        save: str,
        typed: Any = None,
        fault: CrmError | None = None,
    ) -> Response[str]:
        sheet = Sheet(typed, stored, fault)
        kept = None if save.endswith("/new") else _("Leave it empty to keep the one there is.")
        takers = [(one.name, one.label) for one in self.boxes.takers(actor)]
        sheet.field("address", _("Mail address"), "email", required=True, extra={"autofocus": True})
        sheet.field("taker", _("Its messages become"), "select", options=takers, required=True)
        sheet.field("host", _("Mail server (IMAP)"), required=True)
        sheet.field("port", _("Port"), "number", required=True)
        sheet.field("security", _("Encryption"), "select", options=SECURITY, required=True)
        sheet.field("folder", _("Folder"), required=True)
        sheet.field("login", _("Login"), hint=_("Empty: the mail address."), extra={"autocomplete": "off"})
        sheet.field(
            "password",
            _("Password or authorisation code"),
            "password",
            hint=kept,
            required=kept is None,
            extra={"autocomplete": "new-password"},
        )
        text = _("Messages are read and left as they are: nothing is marked, moved or deleted.")
        return self.dialog(request, _("Mailbox"), sheet, save, text=text)

    async def add(self, request: AnyRequest, actor: Actor) -> Response[Any]:
        sent = await request.form()
        try:
            await self.boxes.add(actor, _draft(sent))
        except REFUSALS as fault:
            return self._form(request, actor, {}, f"{PATH}/new", sent, fault)
        return self.done(request, PATH, _("The mailbox is kept. Try it out."))

    async def edit(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[str]:
        view = await self.boxes.get(actor, id)
        names = ("address", "taker", "host", "port", "security", "folder", "login")
        return self._form(request, actor, {name: getattr(view, name) for name in names}, f"{PATH}/{id}/edit")

    async def change(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        sent = await request.form()
        try:
            await self.boxes.change(actor, id, _draft(sent))
        except REFUSALS as fault:
            return self._form(request, actor, {}, f"{PATH}/{id}/edit", sent, fault)
        return self.done(request, PATH, _("Saved."))

    async def act(self, request: AnyRequest, actor: Actor, id: UUID, act: str) -> Response[Any]:
        """Try out, read now, switch, forget."""
        match act:
            case "try":
                count = await self.boxes.try_out(actor, id)
                text: Text = _("It works: there are {count} messages in the folder.")(count=count)
            case "read":
                await self.boxes.read_now(actor, id)
                text = _("The mailbox was read.")
            case "on" | "off":
                await self.boxes.switch(actor, id, active=act == "on")
                text = _("It is read again.") if act == "on" else _("It is not read any more.")
            case "delete":
                await self.boxes.remove(actor, id)
                text = _("The mailbox is removed.")
            case _:
                raise NotFound()
        return self.done(request, PATH, text)

    async def again(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        found = await self.boxes.again(actor, id)
        label = STATES[found.state][0]
        return self.done(request, self.back_to(request, MESSAGES), _("Read again: {state}.")(state=label))


def _draft(sent: Any) -> MailboxDraft:
    port = text_of(sent, "port")
    if not port.isascii() or not port.isdigit() or len(port) > 5:
        raise Invalid.one("port", "range", _("A port is a number from 1 to 65535."))
    names = ("address", "host", "taker", "security", "login", "folder")
    given = {name: text_of(sent, name) for name in names}
    return MailboxDraft(**given, port=int(port), password=str(sent.get("password", "")))
