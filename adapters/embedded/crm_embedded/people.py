"""The host's people as members of staff: known at first sight, with the roles their groups stand for."""

from __future__ import annotations

import re
from hashlib import sha256
from uuid import UUID

import msgspec

from crm_embedded.host import Host, HostUser
from crm_embedded.models import HostPerson
from crm_embedded.people_store import PeopleStore
from crm_embedded.sessions import Sessions
from crm_kernel.access.organisation import Staff
from crm_kernel.access.permitted import public
from crm_kernel.access.policy import SUPER
from crm_kernel.access.store import IDENTITY, Shop
from crm_kernel.administration.changes import changing
from crm_kernel.administration.role_store import place_of, rule
from crm_kernel.dal.types import uuid7
from crm_kernel.errors import ConfigurationError, Forbidden
from crm_kernel.kernel import Kernel
from crm_kernel.text import messages

_ = messages("embedded")

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
LONGEST_ID = 190


class People:
    """Offered as `host_people`. Only the host's word reaches it, never a request's."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._host: Host = kernel.service("host")
        self._store = PeopleStore(kernel.db)
        self._sessions: Sessions = kernel.service("host_sessions")

    @public
    async def staff_of(self, user: HostUser) -> UUID:
        """The staff id of a person of the host; he and his roles become what the host says.

        Raises Forbidden for somebody the host does not let in, or whose dealership does not exist. Called
        by the identity, which believes the host.
        """
        known = await self._store.by_host_id(user.id)
        facts = self._facts(user)
        if known is not None and known.facts == facts:
            if not self._host.admits(user):
                raise self._stranger()
            # Another request may have granted his roles a moment ago, perhaps in another process.
            await self._kernel.access.changed()
            return known.staff_id
        if not self._host.admits(user):
            if known is not None:
                await self.dismiss(user.id)
            raise self._stranger()
        return await self._bring_up_to_date(user, facts)

    @public
    async def host_id(self, staff_id: UUID) -> str | None:
        """What the host calls a member of staff, for its telephone system. Called by the host only."""
        return await self._store.host_id(staff_id)

    @public
    async def dismiss(self, host_id: str) -> None:
        """The host says that somebody is out: his roles and sessions end here at once, elsewhere in a second.

        Called by the host only. Nothing happens for somebody who was never here.
        """
        known = await self._store.by_host_id(host_id)
        if known is None:
            return
        async with changing(self._kernel, None, "staff.dismissed", known.staff_id) as work:
            person = await self._store.by_host_id(host_id)
            if person is not None:
                await self._store.take_roles(
                    work, person.staff_id, [*person.roles, *self._host.managed_roles]
                )
                person.roles, person.facts = [], ""
                await self._sessions.end_all(work, person.staff_id)

    @public
    async def sign_out(self, host_id: str) -> None:
        """The host says that somebody signed out there: his sessions end here. Called by the host only."""
        known = await self._store.by_host_id(host_id)
        if known is not None:
            async with self._kernel.db.work(None, now=self._kernel.clock.now()) as work:
                await self._sessions.end_all(work, known.staff_id)

    def _facts(self, user: HostUser) -> str:
        said = [sorted(user.groups), *(getattr(user, name) for name in user.__slots__ if name != "groups")]
        rules = sorted(self._host.roles_of(user))
        return sha256(msgspec.json.encode([said, rules])).hexdigest()

    async def _bring_up_to_date(self, user: HostUser, facts: str) -> UUID:
        if not user.id or len(user.id) > LONGEST_ID:
            raise ConfigurationError(_("The host gave a person without a usable id."))
        shop = await self._shop(user)
        async with changing(self._kernel, None, "staff.told", user.id, place=shop.id) as work:
            person = await self._store.by_host_id(user.id)
            if person is None:
                staff = work.add(await self._newcomer(user, shop, work.now))
                await work.flush()
                person = work.add(
                    HostPerson(host_id=user.id, staff_id=staff.id, facts="", roles=[], seen_at=work.now)
                )
            else:
                staff = await self._store.staff(person.staff_id)
                self._renew(staff, user, shop)
            wanted = await self._store.existing(self._host.roles_of(user))
            await self._store.take_roles(work, staff.id, {*person.roles, *self._host.managed_roles})
            for role in sorted(wanted):
                place = place_of(None if role == SUPER else shop.id)
                work.add(rule("g", f"u:{staff.id}", f"r:{role}", place))
            person.roles, person.facts, person.seen_at = sorted(wanted), facts, work.now
            await self._kernel.access.count(work, IDENTITY)
            return staff.id

    async def _shop(self, user: HostUser) -> Shop:
        shops = [shop for shop in await self._kernel.access.store.shops() if shop.active]
        if user.dealership:
            found = [shop for shop in shops if shop.code == user.dealership]
        else:
            found = shops if len(shops) == 1 else []
        if not found:
            raise Forbidden(
                "dealership",
                _("{host} places you in a dealership that does not exist here. Tell your administrator.")(
                    host=self._host.name
                ),
            )
        return found[0]

    async def _newcomer(self, user: HostUser, shop: Shop, now: object) -> Staff:
        code = user.id if CODE.fullmatch(user.id) else f"h{sha256(user.id.encode()).hexdigest()[:12]}"
        if await self._store.code_taken(shop.id, code):
            code = f"{code[:30]}-{uuid7().hex[-8:]}"
        staff = Staff(code=code, name="", dealership_id=shop.id, created_at=now, active=True)
        self._renew(staff, user, shop)
        return staff

    @staticmethod
    def _renew(staff: Staff, user: HostUser, shop: Shop) -> None:
        staff.name = (user.name or user.id)[:120]
        staff.position, staff.email = user.position[:60], user.email[:200]
        staff.mobile, staff.locale = user.mobile[:40], user.locale[:10]
        if staff.dealership_id != shop.id:
            staff.dealership_id, staff.department_id, staff.team_id = shop.id, None, None

    def _stranger(self) -> Forbidden:
        return Forbidden(
            "embedded",
            _("Your account in {host} opens nothing here. Ask your administrator.")(host=self._host.name),
        )
