"""Whatever an administrator tries, nobody ends up reaching more than he or the administrator did before."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from crm_kernel.access.models import AccessRule, Role
from crm_kernel.access.organisation import Dealership, Group, Region, Staff
from crm_kernel.access.policy import SUPER, Policy
from crm_kernel.actor import Scope
from crm_kernel.administration.role_store import rule
from crm_kernel.errors import CrmError

GROUP, REGION = UUID(int=900), UUID(int=901)
NORTH, SOUTH, CITY, LONE = (UUID(int=n) for n in (11, 12, 13, 14))
BOSS, CLERK, FOREIGN = (UUID(int=n) for n in (21, 22, 23))
HOMES = {BOSS: NORTH, CLERK: NORTH, FOREIGN: SOUTH}
ROLES = {"one": None, "two": None, "three": None, "norths": NORTH}
RIGHTS = ["access.manage", "explain.use", "organisation.manage", "garage.secret"]

MANAGING = [Scope.DEALERSHIP, Scope.REGION, Scope.GROUP, Scope.ALL]
PLACES = [None, NORTH, NORTH, NORTH, SOUTH, CITY, LONE]


def contents(chance: Random) -> list[tuple[str, str, Scope]]:
    """What the roles give: the first always manages access, the second always holds the reserved right."""
    given = [("one", "access.manage", chance.choice(MANAGING)), ("two", "garage.secret", Scope.DEALERSHIP)]
    more = range(chance.randint(2, 7))
    return given + [
        (chance.choice(list(ROLES)), chance.choice(RIGHTS), chance.choice(list(Scope))) for _n in more
    ]


def grants(chance: Random) -> list[tuple[UUID, str, UUID | None]]:
    """Who holds them: the administrator always the first two, at home or everywhere."""
    home = chance.choice([NORTH, NORTH, None])
    given = [(BOSS, "one", home), (BOSS, "two", home)]
    more = range(chance.randint(0, 4))
    return given + [
        (chance.choice(list(HOMES)), chance.choice(list(ROLES)), chance.choice(PLACES)) for _n in more
    ]


def attempts(chance: Random) -> Iterator[tuple[str, Any, Any, Any]]:
    """What he tries."""
    for _try in range(25):
        person, role, place = (
            chance.choice(list(HOMES)),
            chance.choice([*ROLES, SUPER]),
            chance.choice(PLACES),
        )
        right, scope = chance.choice(RIGHTS), chance.choice(list(Scope))
        yield chance.choice(
            [
                ("grant", person, role, place),
                ("grant", person, role, place),
                ("give", chance.choice([*ROLES, "new"]), right, scope),
                ("revoke", person, role, place),
                ("create", place, None, None),
            ]
        )


async def furnish(kernel) -> None:
    """Four dealerships (two in a region, three in a group), three people, a reserved permission."""
    await kernel.access.changed()
    if NORTH in (await kernel.access.policy()).shops:
        return
    async with kernel.db.work(None) as work:
        await kernel.access.count(work)
        work.add(Group(id=GROUP, code="g", name="g"))
        await work.flush()
        work.add(Region(id=REGION, code="r", name="r", group_id=GROUP))
        await work.flush()
        for number, (shop, region, group) in enumerate(
            [(NORTH, REGION, GROUP), (SOUTH, REGION, GROUP), (CITY, None, GROUP), (LONE, None, None)], 5
        ):
            code = f"d{number}"
            work.add(
                Dealership(id=shop, number=number, code=code, name=code, region_id=region, group_id=group)
            )
        await work.flush()
        for person, home in HOMES.items():
            work.add(
                Staff(
                    id=person,
                    code=f"s{person.int}",
                    name="n",
                    dealership_id=home,
                    created_at=kernel.clock.now(),
                )
            )
        for name, dealership in ROLES.items():
            work.add(Role(name=name, label=name, preset=False, dealership_id=dealership))


async def lay(kernel, given, held) -> None:
    """Begin with exactly these rules."""
    async with kernel.db.work(None) as work:
        await kernel.access.count(work)
        await work.execute(delete(AccessRule))
        await work.execute(delete(Role).where(Role.name == "new"))
        widest: dict[tuple[str, str], Scope] = {}
        for role, right, scope in given:
            widest[role, right] = max(scope, widest.get((role, right), scope))
        for (role, right), scope in widest.items():
            work.add(rule("p", f"r:{role}", right, scope.label))
        for person, role, place in set(held):
            if ROLES[role] in (None, place):
                work.add(rule("g", f"u:{person}", f"r:{role}", str(place or "*")))


def reach(policy: Policy, person: UUID) -> dict[tuple[str, UUID], Scope]:
    """How deep a person gets into each dealership with each right, wherever he may act from."""
    found: dict[tuple[str, UUID], Scope] = {}
    for shop in policy.shops.values():
        for right, scope in policy.grants(person, shop.id).permissions.items():
            for other in policy.shops.values():
                everybody = (
                    scope == Scope.ALL
                    or (scope >= Scope.GROUP and shop.group_id and shop.group_id == other.group_id)
                    or (scope >= Scope.REGION and shop.region_id and shop.region_id == other.region_id)
                )
                depth = min(scope, Scope.DEALERSHIP) if other is shop else Scope.DEALERSHIP
                if other is shop or everybody:
                    key = (right, other.id)
                    found[key] = max(depth, found.get(key, depth))
    return found


async def carry_out(kernel, actor, what, subject, second, third) -> None:
    policy = kernel.service("policy")
    if what == "grant":
        await policy.grant(actor, subject, second, third)
    elif what == "revoke":
        await policy.revoke(actor, subject, second, third)
    elif what == "create":
        await policy.create_role(actor, "new", "New", subject)
    else:
        await policy.set_permissions(actor, subject, {second: third})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
async def test_no_administrator_makes_anybody_reach_further_than_he_reached_himself(kernel, seed) -> None:
    chance = Random(seed)
    reserve(kernel)
    await furnish(kernel)
    await lay(kernel, contents(chance), grants(chance))
    before = await kernel.access.policy()
    own = reach(before, BOSS)
    had = {person: reach(before, person) for person in HOMES}
    secret = {person for person in HOMES if any(right == "garage.secret" for right, _d in had[person])}
    for one in attempts(chance):
        try:
            await carry_out(kernel, await kernel.access.actor(BOSS), *one)
        except CrmError:
            continue
    after = await kernel.access.policy()
    for person in HOMES:
        assert SUPER not in after.roles(person, None)
        for key, depth in reach(after, person).items():
            limit = max(own.get(key, 0), had[person].get(key, 0))
            assert depth <= limit, (person, key)
            assert key[0] != "garage.secret" or person in secret, "a reserved permission was handed on"


def reserve(kernel) -> None:
    """A permission that only the super administrator hands out."""
    from crm_kernel.contributions import Permission
    from crm_kernel.text import messages

    if "garage.secret" not in kernel.registry.permissions:
        kernel.registry.add("garage", [Permission("garage.secret", messages("kernel")("x"), reserved=True)])
