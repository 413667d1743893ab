"""What the pages of complaints do beyond those every record has."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, post

from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.ui.room import PageRoom
from crm_kernel.ui.sheet import text_of
from crm_kernel.web.parameters import CurrentActor, RecordId

_ = messages("complaint")
AnyRequest = Request[Any, Any, Any]


def pages(kernel: Kernel) -> list[Any]:
    """The handlers; none where no pages are served."""
    if not kernel.offers("pages"):
        return []
    room = IntakePages(kernel, kernel.service("pages").renderer)
    opt = {"permission": "complaint.view"}
    return [post("/complaints/{id:uuid}/join", opt=opt, include_in_schema=False)(room.join)]


class IntakePages(PageRoom):
    """Taking complaints down."""

    async def join(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        """What was typed for a new complaint becomes a note of one that is open already."""
        sent = await request.form()
        said = [text_of(sent, name) for name in ("subject", "description")]
        text = "\n".join(part for part in said if part) or translate(_("The customer called again."))
        await self.kernel.service("complaint.intake").join(actor, id, text)
        return self.done(request, f"/complaints/{id}", _("Added to the open complaint."))
