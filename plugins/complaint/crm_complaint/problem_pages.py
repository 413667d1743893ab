"""Linking complaints to a recurring problem from the problem's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from litestar import Request, Response, post

from crm_kernel.i18n import translate
from crm_kernel.text import messages
from crm_kernel.ui.room import PageRoom
from crm_kernel.ui.templating import html, told, trigger
from crm_kernel.web.parameters import CurrentActor, RecordId

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("complaint")
AnyRequest = Request[Any, Any, Any]
CHANGE = {"permission": "complaint.change"}


class ProblemPages(PageRoom):
    """What the buttons of the panel do."""

    async def link(
        self, request: AnyRequest, actor: CurrentActor, id: RecordId, case: RecordId
    ) -> Response[str]:
        await self.kernel.service("complaint.problem_links").link(actor, id, case)
        return _done(translate(_("Linked.")))

    async def unlink(
        self, request: AnyRequest, actor: CurrentActor, id: RecordId, case: RecordId
    ) -> Response[str]:
        await self.kernel.service("complaint.problem_links").unlink(actor, id, case)
        return _done(translate(_("Link taken away.")))


def _done(words: str) -> Response[str]:
    """The panel fetches itself anew."""
    response = html("")
    told(response, words)
    trigger(response, {"crm:problem-cases": {}})
    return response


def handlers(kernel: Kernel) -> Sequence[Any]:
    """The routes."""
    pages = ProblemPages(kernel, kernel.service("pages").renderer)
    return [
        post("/problems/{id:uuid}/cases/{case:uuid}", opt=CHANGE, include_in_schema=False)(pages.link),
        post("/problems/{id:uuid}/cases/{case:uuid}/delete", opt=CHANGE, include_in_schema=False)(
            pages.unlink
        ),
    ]
