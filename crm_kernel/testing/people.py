"""People for tests, with just the rights a test gives them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from crm_kernel.access.organisation import Dealership, Staff
from crm_kernel.actor import Actor, Grants, Place, Scope
from crm_kernel.dal.types import uuid7
from crm_kernel.kernel import Kernel


async def hire(
    kernel: Kernel,
    dealership_id: UUID,
    permissions: Mapping[str, Scope] | None = None,
    *,
    name: str = "王顾问",
    place: Mapping[str, UUID | None] | None = None,
    hidden: frozenset[str] = frozenset(),
    read_only: frozenset[str] = frozenset(),
    super_: bool = False,
    locale: str = "zh-CN",
) -> Actor:
    """A new member of staff.

    `place` overrides team, department, region or group; `hidden` and `read_only` close fields
    (`entity.field`); `super_` gives everything.
    """
    where = {"dealership_id": dealership_id, **(place or {})}
    staff = Staff(
        id=uuid7(),
        code=f"u{uuid7().hex[-12:]}",
        name=name,
        created_at=kernel.clock.now(),
        dealership_id=where["dealership_id"],
        team_id=where.get("team_id"),
        department_id=where.get("department_id"),
    )
    async with kernel.db.work(None) as work:
        work.add(staff)
    held = dict.fromkeys(kernel.registry.permissions, Scope.ALL) if super_ else dict(permissions or {})
    grants = Grants(permissions=held, hidden=hidden, read_only=read_only, super=super_)
    return Actor(staff.id, name, Place(**where), grants, locale=locale, login=staff.code)


async def open_dealership(kernel: Kernel, code: str, number: int, **values: object) -> Dealership:
    """Another dealership."""
    shop = Dealership(number=number, code=code, name=values.pop("name", code), **values)
    async with kernel.db.work(None) as work:
        await kernel.access.count(work)
        work.add(shop)
    return shop
