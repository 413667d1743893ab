"""Whom a customer knows, what he agreed to, and whether he is here twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from crm_kernel.actor import Scope
from crm_kernel.errors import Invalid


@pytest.fixture
async def wang(records, admin):
    return await records.create(
        admin,
        "customer",
        {"name": "王伟", "mobile": "13800138000", "birthday": date(1985, 8, 13), "id_number": "E12345678"},
    )


@pytest.fixture
async def firm(records, admin):
    return await records.create(admin, "customer", {"name": "杭州鑫达贸易有限公司", "kind": "company"})


async def test_a_relation_is_told_from_both_sides(kernel, records, admin, wang, firm) -> None:
    await records.create(admin, "relation", {"customer_id": wang.id, "kind": "employer", "other_id": firm.id})
    service = kernel.service("customer.relations")
    (mine,) = await service.of(admin, wang.id)
    (theirs,) = await service.of(admin, firm.id)
    assert (mine.name, mine.label) == ("杭州鑫达贸易有限公司", None)
    assert (theirs.name, str(theirs.label)) == ("王伟", "Employs")


async def test_nobody_is_related_to_himself_nor_twice_the_same_way(records, admin, wang, firm) -> None:
    tie = {"customer_id": wang.id, "kind": "employer", "other_id": firm.id}
    await records.create(admin, "relation", tie)
    for wrong in (tie, {**tie, "other_id": wang.id}):
        with pytest.raises(Invalid) as refused:
            await records.create(admin, "relation", wrong)
        assert refused.value.errors[0].field == "other_id"


async def test_a_relation_to_somebody_out_of_reach_is_not_told(
    kernel, records, admin, wang, firm, make_actor
) -> None:
    await records.create(admin, "relation", {"customer_id": wang.id, "kind": "employer", "other_id": firm.id})
    li = await make_actor({"customer.view": Scope.OWN, "relation.view": Scope.DEALERSHIP})
    assert await kernel.service("customer.relations").of(li, wang.id) == []


async def test_consent_is_asked_per_purpose_and_channel_and_can_be_withdrawn(
    kernel, records, admin, wang, clock
) -> None:
    service = kernel.service("customer.consents")
    given = await records.create(
        admin,
        "consent",
        {"customer_id": wang.id, "purpose": "service", "channel": "phone", "proof": "授权书签字"},
    )
    assert await service.allows(admin, wang.id, "service", "phone")
    assert not await service.allows(admin, wang.id, "marketing", "phone")
    assert not await service.allows(admin, wang.id, "service", "sms")
    await service.withdraw(admin, given.id, "来电要求")
    assert not await service.allows(admin, wang.id, "service", "phone")
    clock.advance(timedelta(days=1))
    await records.create(
        admin,
        "consent",
        {"customer_id": wang.id, "purpose": "service", "channel": "phone", "proof": "微信确认"},
    )
    assert await service.allows(admin, wang.id, "service", "phone")
    (latest,) = await service.current(admin, wang.id)
    assert (latest.proof, latest.withdrawn_at) == ("微信确认", None)


async def test_without_proof_there_is_no_consent_and_history_is_not_rewritten(records, admin, wang) -> None:
    word = {"customer_id": wang.id, "purpose": "service", "channel": "phone"}
    with pytest.raises(Invalid):
        await records.create(admin, "consent", word)
    given = await records.create(admin, "consent", {**word, "proof": "授权书签字"})
    with pytest.raises(Invalid):
        await records.change(admin, "consent", given.id, {"channel": "sms"})


async def test_who_wants_no_contact_is_left_alone_whatever_he_signed(kernel, records, admin, wang) -> None:
    await records.create(
        admin, "consent", {"customer_id": wang.id, "purpose": "service", "channel": "phone", "proof": "签字"}
    )
    await records.change(admin, "customer", wang.id, {"do_not_contact": True})
    assert not await kernel.service("customer.consents").allows(admin, wang.id, "service", "phone")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"mobile": "+86 138 0013 8000"}, "mobile"),
        ({"phones": [{"number": "13800138000"}]}, "mobile"),
        ({"id_number": "e12345678"}, "id_number"),
        ({"name": "王伟", "birthday": date(1985, 8, 13)}, "name_birthday"),
        ({"name": "王伟", "birthday": "1985/8/13", "mobile": ""}, "name_birthday"),
    ],
)
async def test_a_customer_who_is_here_already_is_noticed(kernel, admin, wang, typed, reason) -> None:
    service = kernel.service("customer.duplicates")
    assert [(s.code, s.id, s.label) for s in await service.suspects(admin, typed)] == [
        (reason, wang.id, "王伟")
    ]
    assert await service.suspects(admin, typed, but=wang.id) == []


async def test_half_typed_values_disturb_nobody(kernel, admin, wang) -> None:
    typed = {"mobile": "1380", "id_number": "?", "name": "王伟", "birthday": "1985", "phones": "12,"}
    assert await kernel.service("customer.duplicates").suspects(admin, typed) == []
    assert await kernel.service("vehicle.duplicates").suspects(admin, {"vin": "LGX", "plate": "粤"}) == []


async def test_a_colleagues_customer_is_noticed_but_not_shown(kernel, wang, make_actor) -> None:
    li = await make_actor({"customer.view": Scope.OWN})
    (found,) = await kernel.service("customer.duplicates").suspects(li, {"mobile": "13800138000"})
    assert (found.code, found.id, str(found.label)) == ("mobile", None, "A record you may not see")


async def test_a_plate_on_two_cars_and_a_known_vin_are_noticed(kernel, records, admin) -> None:
    car = await records.create(admin, "vehicle", {"vin": "LGXCE4CB9P0123456", "plate": "粤B12345"})
    found = await kernel.service("vehicle.duplicates").suspects(
        admin, {"vin": "lgxce4cb9p0123456", "plate": "粤B·12345"}
    )
    assert [(s.code, s.id) for s in found] == [("vin", car.id), ("plate", car.id)]
