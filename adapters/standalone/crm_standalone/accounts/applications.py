"""The service `applications`: somebody asks for an account, an administrator decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from crm_kernel.access.permitted import permitted, public
from crm_kernel.actor import Access
from crm_kernel.errors import Conflict, FieldError, Invalid, NotFound
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import Text, messages
from crm_kernel.web.secrets import fingerprint, new_secret
from crm_standalone.accounts.models import Application
from crm_standalone.accounts.permissions import MANAGE
from crm_standalone.accounts.room import spelling
from crm_standalone.accounts.service import AccountService
from crm_standalone.accounts.throttle import APPLY

_ = messages("account")

TYPES: tuple[tuple[str, Text], ...] = (
    ("sales", _("Sales")),
    ("service", _("Service")),
    ("customer_service", _("Customer service centre")),
    ("marketing", _("Marketing")),
    ("management", _("Management")),
    ("other", _("Other")),
)
LEVELS: tuple[tuple[str, Text], ...] = (
    ("staff", _("Staff")),
    ("team_leader", _("Team leader")),
    ("supervisor", _("Supervisor")),
    ("manager", _("Manager")),
)
LENGTHS = {"name": 120, "login": 120, "mobile": 40, "remark": 1000}


@dataclass(frozen=True, slots=True)
class Wish:
    """What an applicant fills in. `type` and `level` are codes of `TYPES` and `LEVELS`."""

    name: str
    login: str
    password: str
    mobile: str
    type: str
    level: str
    dealership: str = ""
    """The code of the dealership he wants to work in."""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ApplicationStatus:
    """How an application stands: `waiting`, `approved` or `refused` with the reason."""

    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """An application as the deciding administrator sees it."""

    id: UUID
    name: str
    login: str
    mobile: str
    type: str
    level: str
    dealership_id: UUID | None
    remark: str
    state: str
    reason: str
    created_at: datetime
    login_taken: bool


class ApplicationService:
    """Takes applications from anybody, a few a day from each address."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._accounts = AccountService(kernel)
        self._store = self._accounts._store

    @public
    async def apply(self, wish: Wish, *, address: str = "") -> str:
        """Ask for an account; gives a reference with which the applicant asks how it stands.

        Does not tell whether a login is in use. Raises Invalid, TooMany. Open to everybody.
        """
        await self._accounts._throttle.take(("apply", address, APPLY))
        self._check(wish)
        shop = None
        if wish.dealership:
            shop = await self._kernel.access.store.dealership_by_code(wish.dealership)
            if shop is None or not shop.active:
                raise Invalid.one("dealership", "unknown", _("There is no such dealership."))
        hashed = await self._accounts._passwords.hash(wish.password)
        reference = new_secret()
        async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
            work.add(
                Application(
                    reference_hash=fingerprint(reference),
                    login=spelling(wish.login),
                    password_hash=hashed,
                    name=wish.name.strip(),
                    mobile=wish.mobile.strip(),
                    type=wish.type,
                    level=wish.level,
                    dealership_id=shop.id if shop else None,
                    remark=wish.remark.strip(),
                    state="waiting",
                    reason="",
                    roles=[],
                    created_at=work.now,
                )
            )
        return reference

    def _check(self, wish: Wish) -> None:
        errors = []
        for name, longest in LENGTHS.items():
            value = getattr(wish, name).strip()
            if len(value) > longest or (not value and name != "remark"):
                errors.append(
                    FieldError(name, "invalid", _("Fill this in, at most {count} characters.")(count=longest))
                )
        if wish.type not in dict(TYPES):
            errors.append(FieldError("type", "unknown", _("Choose one of the list.")))
        if wish.level not in dict(LEVELS):
            errors.append(FieldError("level", "unknown", _("Choose one of the list.")))
        if errors:
            raise Invalid(errors)
        self._accounts._passwords.check(wish.password, wish.login, wish.name)

    @public
    async def status(self, reference: str) -> ApplicationStatus:
        """How an application stands. Raises NotFound. Open to whoever holds the reference."""
        found = await self._store.application_by_reference(fingerprint(reference))
        if found is None:
            raise NotFound(_("There is no such application."))
        return ApplicationStatus(found.state, found.reason)

    @permitted(MANAGE)
    async def applications(
        self, access: Access, state: str = "waiting", limit: int = 200
    ) -> list[ApplicationView]:
        """Applications for dealerships within reach, the oldest first."""
        authority = await self._kernel.access.authority(access.actor)
        return [
            await self._view(one)
            for one in await self._store.applications(state, limit)
            if authority.over_dealership(MANAGE, one.dealership_id)
        ]

    @permitted(MANAGE)
    async def approve(
        self,
        access: Access,
        id: UUID,
        roles: Sequence[tuple[str, UUID | None]],
        *,
        dealership_id: UUID | None = None,
        department_id: UUID | None = None,
        team_id: UUID | None = None,
        login: str = "",
    ) -> UUID:
        """Make the person and his account, with each (role, dealership or None for everywhere).

        All or nothing; nobody grants what he lacks. Gives the staff id. Raises Conflict when somebody has
        decided already, Invalid when the login is taken meanwhile: give another one.
        """
        organisation: Any = self._kernel.service("organisation")
        policy: Any = self._kernel.service("policy")
        async with self._kernel.db.work(access, now=self._kernel.clock.now()):
            application = await self._waiting(access, id)
            home = dealership_id or application.dealership_id
            chosen = login or application.login
            staff = await organisation.create_staff(
                access.actor,
                f"u{id.hex[-12:]}",
                application.name,
                dealership_id=home,
                department_id=department_id,
                team_id=team_id,
                position=_word(TYPES, application.type),
                level=_word(LEVELS, application.level),
                mobile=application.mobile,
            )
            hashed = application.password_hash
            await self._accounts._create(access.actor, staff.id, chosen, hashed, must_change=False)
            for role, place in roles:
                await policy.grant(access.actor, staff.id, role, place)
            application.login, application.password_hash = spelling(chosen), ""
            application.roles = [[role, str(place or "*")] for role, place in roles]
            self._decide(application, access, "approved", "")
        staff_id: UUID = staff.id
        return staff_id

    @permitted(MANAGE)
    async def refuse(self, access: Access, id: UUID, reason: str) -> None:
        """Refuse with a reason the applicant reads."""
        if not 0 < len(reason.strip()) <= 1000:
            raise Invalid.one("reason", "required", _("Tell the applicant why, in at most 1,000 characters."))
        async with self._kernel.db.work(access, now=self._kernel.clock.now()):
            application = await self._waiting(access, id)
            self._decide(application, access, "refused", reason.strip())

    async def _waiting(self, access: Access, id: UUID) -> Application:
        application = await self._store.application(id)
        authority = await self._kernel.access.authority(access.actor)
        if not authority.over_dealership(MANAGE, application.dealership_id):
            raise NotFound()
        if application.state != "waiting":
            raise Conflict(_("This application was decided already."), code="decided")
        return application

    def _decide(self, application: Application, access: Access, state: str, reason: str) -> None:
        application.state, application.reason = state, reason
        application.decided_at, application.decided_by = self._kernel.clock.now(), access.actor.id

    async def _view(self, one: Application) -> ApplicationView:
        return ApplicationView(
            id=one.id,
            name=one.name,
            login=one.login,
            mobile=one.mobile,
            type=one.type,
            level=one.level,
            dealership_id=one.dealership_id,
            remark=one.remark,
            state=one.state,
            reason=one.reason,
            created_at=one.created_at,
            login_taken=await self._store.by_login(one.login) is not None,
        )


def _word(choices: Sequence[tuple[str, Text]], code: str) -> str:
    """A code in the language of whoever decides: what stands on the person's page."""
    return translate(dict(choices).get(code, code))
