"""Applying for an account, and asking how it stands."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post

from crm_kernel.errors import CrmError, Invalid
from crm_kernel.i18n import translate
from crm_kernel.text import messages
from crm_kernel.ui.records.forms import Control
from crm_kernel.ui.room import PageRoom
from crm_standalone.accounts.applications import LEVELS, TYPES, ApplicationService, Wish

_ = messages("account")
AnyRequest = Request[Any, Any, Any]
DOOR = {"public": "people without an account apply here"}
NAMES = ("name", "login", "password", "mobile", "type", "level", "dealership", "remark")


class ApplicationPages(PageRoom):
    """For people who have no account yet."""

    @property
    def applications(self) -> ApplicationService:
        """The service."""
        found: ApplicationService = self.kernel.service("applications")
        return found

    def handlers(self) -> list[Any]:
        """All routes."""
        return [
            get("/apply", opt=DOOR, include_in_schema=False)(self.form),
            post("/apply", opt=DOOR, include_in_schema=False)(self.apply),
        ]

    async def form(self, request: AnyRequest) -> Response[str]:
        return await self._form(request, {}, None)

    async def apply(self, request: AnyRequest) -> Response[str]:
        sent = await request.form()
        wish = Wish(**{name: str(sent.get(name, "")).strip() for name in NAMES})
        try:
            address = str(request.scope["state"].get("client", ""))
            await self.applications.apply(wish, address=address)
        except CrmError as fault:
            return await self._form(request, sent, fault)
        return await self.renderer.page(
            request, "account/applied.html", heading=translate(_("Application sent")), login=wish.login
        )

    async def _form(self, request: AnyRequest, typed: Any, fault: CrmError | None) -> Response[str]:
        errors = {e.field: translate(e.message) for e in fault.errors} if isinstance(fault, Invalid) else {}

        def control(name: str, label: Any, kind: str = "text", required: bool = True, **more: Any) -> Control:
            value = "" if kind == "password" else typed.get(name, "")
            return Control(
                name, translate(label), kind, value, required=required, error=errors.get(name), **more
            )

        types = [(code, translate(label)) for code, label in TYPES]
        levels = [(code, translate(label)) for code, label in LEVELS]
        controls = [
            control("name", _("Name")),
            control("mobile", _("Mobile"), "tel"),
            control("login", _("Login you would like"), extra={"autocomplete": "username"}),
            control("password", _("Password"), "password", extra={"autocomplete": "new-password"}),
            control("type", _("Work"), "select", options=types),
            control("level", _("Level"), "select", options=levels),
            control("dealership", _("Code of the dealership"), required=False),
            control("remark", _("Remark"), "textarea", required=False),
        ]
        return await self.renderer.page(
            request,
            "account/apply.html",
            status=200 if fault is None else 422,
            heading=translate(_("Apply for an account")),
            controls=controls,
            fault=translate(fault.message) if fault is not None else None,
        )
