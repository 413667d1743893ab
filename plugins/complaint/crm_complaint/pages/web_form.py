"""The web form for strangers, and the page on which a dealership switches it.

The form needs no proof against forged requests: it is open to everybody and acts for nobody, so another site
gains nothing by sending it that its own program could not send. What it needs is a limit, and it has one. The
guard refuses sendings that a browser marks as caused by another site all the same.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post

from crm_complaint import permissions as p
from crm_complaint.service.web_form import MOST, TRAP, OpenForm, WebForms
from crm_kernel.actor import Actor
from crm_kernel.errors import CrmError, Invalid, TooMany
from crm_kernel.i18n import translate
from crm_kernel.i18n.locales import set_locale, supported
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages
from crm_kernel.ui.room import AnyRequest, PageRoom
from crm_kernel.ui.sheet import REFUSALS, Sheet, text_of
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.headers import FRAMED_BY
from crm_kernel.web.parameters import CurrentActor
from crm_kernel.web.router import Router

_ = messages("complaint")

PATH = "/complaint-form"
ADMIN = "/admin/complaint-form"
BYTES = 64 << 10


def form_routers(kernel: Kernel, renderer: Renderer) -> list[Router]:
    """The form, and the page about it."""
    form, about = FormPages(kernel, renderer), FormAdmin(kernel, renderer)
    return [
        Router(
            PATH,
            route_handlers=[get("/{token:str}")(form.show), post("/{token:str}")(form.send)],
            opt={"public": "whoever has the address may send a complaint"},
            include_in_schema=False,
            request_max_body_size=BYTES,
        ),
        Router(
            ADMIN,
            route_handlers=[
                get("/")(about.show),
                get("/edit")(about.edit),
                post("/edit")(about.change),
                post("/on")(about.switch_on),
                post("/off")(about.switch_off),
                post("/renew")(about.renew),
            ],
            opt={"permission": p.WEB_FORM},
            include_in_schema=False,
        ),
    ]


class FormPages(PageRoom):
    """For a phone first: one column, large targets, no script needed."""

    @property
    def forms(self) -> WebForms:
        """The service."""
        found: WebForms = self.kernel.service("complaint.web_form")
        return found

    async def show(self, request: AnyRequest, token: str) -> Response[str]:
        form = await self._opened(request, token)
        return await self._page(request, token, form, {"nonce": secrets.token_urlsafe(24)}, None)

    async def _opened(self, request: AnyRequest, token: str) -> OpenForm:
        form = await self.forms.open(token)
        wanted = supported(request.query_params.get("lang", ""))
        if wanted is not None:
            set_locale(wanted)
        request.scope["state"][FRAMED_BY] = ("'self'", *form.ancestors)
        return form

    async def _page(
        self,
        request: AnyRequest,
        token: str,
        form: OpenForm,
        typed: Mapping[str, Any],
        fault: CrmError | None,
        number: str = "",
    ) -> Response[str]:
        errors = {e.field: translate(e.message) for e in fault.errors} if isinstance(fault, Invalid) else {}
        status = 200 if fault is None else 429 if isinstance(fault, TooMany) else 422
        return await self.renderer.page(
            request,
            "complaint/web_form.html",
            status=status,
            heading=translate(_("Complaint to {dealership}")(dealership=form.dealership)),
            form=form,
            save_url=self.url(f"{PATH}/{token}") + _language(request),
            languages=[
                {"label": label, "url": f"{self.url(f'{PATH}/{token}')}?lang={tag}", "lang": tag}
                for tag, label in (("zh-CN", "中文"), ("en", "English"))
            ],
            typed={name: str(typed.get(name, "")) for name in (*MOST, "consent")},
            nonce_field=str(typed.get("nonce", "")),
            most=MOST,
            trap=TRAP,
            errors=errors,
            fault=translate(fault.message) if fault is not None and not errors else None,
            number=number,
        )

    async def send(self, request: AnyRequest, token: str) -> Response[str]:
        form = await self._opened(request, token)
        sent = await request.form()
        typed = {str(name): str(value) for name, value in sent.items() if isinstance(value, str)}
        nonce = typed.get("nonce", "")
        if not 20 < len(nonce) < 44 or not nonce.isascii():
            typed["nonce"] = nonce = secrets.token_urlsafe(24)
        client = str(request.scope["state"].get("client", ""))
        try:
            number = await self.forms.send(token, nonce, client, typed)
        except (Invalid, TooMany) as fault:
            return await self._page(request, token, form, typed, fault)
        return await self._page(request, token, form, {}, None, number)


def _language(request: AnyRequest) -> str:
    wanted = supported(request.query_params.get("lang", ""))
    return f"?lang={wanted}" if wanted else ""


class FormAdmin(PageRoom):
    """The address, the code for one's own site, a switch."""

    @property
    def forms(self) -> WebForms:
        """The service."""
        found: WebForms = self.kernel.service("complaint.web_form")
        return found

    async def show(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        form = await self.forms.mine(actor)
        address = f"{self.kernel.settings.public_url.rstrip('/')}{PATH}/{form.token}"
        return await self.renderer.page(
            request,
            "complaint/web_form_admin.html",
            heading=translate(_("Web form for complaints")),
            form=form,
            address=address,
            code=f'<iframe src="{address}" style="width:100%;height:860px;border:0"></iframe>',
            path=self.url(ADMIN),
        )

    async def edit(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        form = await self.forms.mine(actor)
        stored = {"ancestors": "\n".join(form.ancestors), "consent": form.consent}
        return self._form(request, actor, stored)

    def _form(
        self, request: AnyRequest, actor: Actor, stored: Mapping[str, Any], fault: CrmError | None = None
    ) -> Response[str]:
        sheet = Sheet(None, stored, fault)
        hint = _("One a line, like https://www.dealer.cn. Without any, only this system frames it.")
        sheet.field(
            "ancestors", _("Sites that may show the form in a frame"), "textarea", hint=hint, wide=True
        )
        hint = _("Empty: the usual words.")
        sheet.field("consent", _("What the sender consents to"), "textarea", hint=hint, wide=True)
        return self.dialog(request, _("Web form"), sheet, f"{ADMIN}/edit")

    async def change(self, request: AnyRequest, actor: CurrentActor) -> Response[Any]:
        sent = await request.form()
        given = {name: text_of(sent, name) for name in ("ancestors", "consent")}
        try:
            await self.forms.change(actor, ancestors=given["ancestors"], consent=given["consent"])
        except REFUSALS as fault:
            return self._form(request, actor, given, fault)
        return self.done(request, ADMIN, _("Saved."))

    async def switch_on(self, request: AnyRequest, actor: CurrentActor) -> Response[Any]:
        await self.forms.change(actor, active=True)
        return self.done(request, ADMIN, _("The form is open."))

    async def switch_off(self, request: AnyRequest, actor: CurrentActor) -> Response[Any]:
        await self.forms.change(actor, active=False)
        return self.done(request, ADMIN, _("The form is closed."))

    async def renew(self, request: AnyRequest, actor: CurrentActor) -> Response[Any]:
        await self.forms.change(actor, fresh_token=True)
        return self.done(request, ADMIN, _("The form has a new address; the old one leads nowhere."))
