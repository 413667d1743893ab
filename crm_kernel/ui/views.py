"""Keeping the present list as a view: its name, for oneself or for all."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from litestar import Request, Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.errors import CrmError, Invalid, NotFound
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.views.view import ViewDraft
from crm_kernel.text import messages
from crm_kernel.ui.room import PageRoom
from crm_kernel.ui.templating import Renderer, go
from crm_kernel.web.parameters import CurrentActor, RecordId
from crm_kernel.web.router import Router

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]


def view_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Pages of saved views."""
    pages = ViewPages(kernel, renderer)
    return Router(
        "/views",
        route_handlers=[
            get("/new")(pages.new),
            post("/")(pages.create),
            get("/manage")(pages.manage),
            post("/{id:uuid}/delete")(pages.delete),
        ],
        opt={"signed_in": "whoever sees a list keeps views of it; the service checks"},
        include_in_schema=False,
    )


class ViewPages(PageRoom):
    """Name a view, look at one's views, drop them."""

    async def new(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        params = [(k, v) for k, v in request.query_params.multi_items() if k != "entity"]
        return await self._form(
            request, actor, request.query_params.get("entity", ""), urlencode(params), "", None
        )

    async def _form(
        self, request: AnyRequest, actor: Actor, name: str, question: str, typed: str, fault: CrmError | None
    ) -> Response[str]:
        entity = self.kernel.registry.entity(name)
        if entity is None:
            raise NotFound()
        words = fault.errors[0].message if isinstance(fault, Invalid) else fault.message if fault else None
        return await self.renderer.page(
            request,
            "crm/views/new.html",
            status=422 if fault else 200,
            heading=translate(_("Save this view")),
            back_url=f"{self.kernel.settings.prefix}/{entity.plural}?{question}",
            entity=entity.name,
            question=question,
            typed=typed,
            fault=translate(words) if words else None,
            may_share=actor.may("views.share"),
            save_url=f"{self.kernel.settings.prefix}/views",
        )

    async def create(self, request: AnyRequest, actor: CurrentActor) -> Response[Any]:
        sent = await request.form()
        name, question = str(sent.get("entity", "")), str(sent.get("question", ""))
        params = {("fields" if k == "columns" else k): v for k, v in parse_qsl(question)}
        typed = str(sent.get("name", "")).strip()
        draft = ViewDraft(
            name=typed,
            params=params,
            shared=sent.get("shared") == "true",
            standard=sent.get("standard") == "true",
        )
        try:
            view = await self.kernel.service("views").add(actor, name, draft)
        except CrmError as fault:
            return await self._form(request, actor, name, question, typed, fault)
        entity = self.kernel.registry.entity(view.entity)
        if entity is None:
            raise NotFound()
        text = translate(_("View kept."))
        url = f"{self.kernel.settings.prefix}/{entity.plural}?{question}&view={view.id}"
        return go(request, url, {"level": "success", "text": text})

    async def manage(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        entity = self.kernel.registry.entity(request.query_params.get("entity", ""))
        if entity is None:
            raise NotFound()
        return await self.renderer.page(
            request,
            "crm/views/manage.html",
            heading=translate(_("Views")),
            back_url=f"{self.kernel.settings.prefix}/{entity.plural}",
            views=await self.kernel.service("views").list(actor, entity),
        )

    async def delete(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        view = await self.kernel.service("views").get(actor, id)
        await self.kernel.service("views").delete(actor, id)
        return go(request, f"{self.kernel.settings.prefix}/views/manage?entity={view.entity}")
