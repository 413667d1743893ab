"""One's own notifications, and by which ways one wants to hear of what."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.contributions import NotificationType
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.notifications.service import MAIL, PRODUCT, SMS, NotificationService
from crm_kernel.text import Text, messages
from crm_kernel.ui.admin.room import AdminRoom, AnyRequest
from crm_kernel.ui.records.display import moment
from crm_kernel.ui.templating import Renderer, go
from crm_kernel.web.router import Router

_ = messages("kernel")
PATH = "/notifications"
CHANNELS: dict[str, Text] = {PRODUCT: _("In the product"), MAIL: _("By mail"), SMS: _("By SMS")}


def inbox_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Pages of one's own notifications."""
    pages = InboxPages(kernel, renderer)
    return Router(
        PATH,
        route_handlers=[
            get("/")(pages.inbox),
            post("/read")(pages.read_all),
            post("/{id:uuid}/open")(pages.open),
            get("/preferences")(pages.preferences),
            post("/preferences")(pages.save_preferences),
        ],
        opt={"signed_in": "everybody has an inbox of his own"},
        include_in_schema=False,
    )


class InboxPages(AdminRoom):
    """What one was told, and what one wants to be told."""

    @property
    def notifications(self) -> NotificationService:
        """The service."""
        found: NotificationService = self.kernel.service("notifications")
        return found

    async def inbox(self, request: AnyRequest, actor: Actor) -> Response[str]:
        unread = request.query_params.get("show") == "unread"
        page = await self.notifications.inbox(
            actor, unread=unread, cursor=request.query_params.get("cursor"), limit=30
        )
        labels = {t.name: translate(t.label) for t in self.kernel.registry.of(NotificationType)}
        next_url = None
        if page.next:
            kept = {"show": "unread"} if unread else {}
            next_url = f"{self.url(PATH)}?{urlencode({**kept, 'cursor': page.next})}"
        return await self.renderer.page(
            request,
            "crm/admin/inbox.html",
            heading=translate(_("Notifications")),
            rows=[
                {
                    "id": one.id,
                    "text": one.text,
                    "type": labels.get(one.type, ""),
                    "url": self.url(one.path) if one.path else None,
                    "at": moment(one.created_at),
                    "read": one.read,
                }
                for one in page.items
            ],
            unread=unread,
            count=await self.notifications.unread(actor),
            next_url=next_url,
            path=self.url(PATH),
        )

    async def open(self, request: AnyRequest, actor: Actor, id: UUID) -> Response[Any]:
        """To the page it is about; it counts as read."""
        path = await self.notifications.open(actor, id)
        return go(request, self.url(path or PATH))

    async def read_all(self, request: AnyRequest, actor: Actor) -> Response[Any]:
        await self.notifications.mark_read(actor)
        return self.done(request, PATH, _("All are read."))

    async def preferences(self, request: AnyRequest, actor: Actor) -> Response[str]:
        found = await self.notifications.preferences(actor)
        return await self.renderer.page(
            request,
            "crm/admin/preferences.html",
            heading=translate(_("What I want to hear of")),
            back_url=self.url(PATH),
            rows=[(one.type, translate(one.label), one.channels) for one in found],
            channels=[(key, translate(CHANNELS[key])) for key in self.notifications.served],
            path=self.url(f"{PATH}/preferences"),
        )

    async def save_preferences(self, request: AnyRequest, actor: Actor) -> Response[Any]:
        sent = await request.form()
        wanted = {str(one) for one in sent.getall("wanted", [])}
        for one in await self.notifications.preferences(actor):
            for channel, now in one.channels.items():
                if (f"{one.type}:{channel}" in wanted) != now:
                    await self.notifications.prefer(actor, one.type, channel, not now)
        return self.done(request, PATH, _("Saved."))
