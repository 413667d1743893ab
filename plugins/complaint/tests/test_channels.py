"""Complaints that come by mail and by the web form, and what a vehicle's counters say."""

from __future__ import annotations

import asyncio
import re
from datetime import date, timedelta

import httpx
import pytest

from crm_complaint.service.mail import TAKERS
from crm_complaint.trade.guarantees import Fault, Stay, hints
from crm_kernel.actor import Scope
from crm_kernel.dal.query import Query
from crm_kernel.errors import Forbidden, Invalid, NotFound, TooMany
from crm_kernel.mail.message import read_message
from crm_kernel.web.app import create_app

SENT = {
    "contact": "张女士",
    "mobile": "13800138000",
    "plate": "",
    "subject": "刹车异响",
    "description": "刹车时有异响，去过两次都没修好",
    "consent": "true",
}


@pytest.fixture
async def keeper(make_actor):
    return await make_actor({"complaint.web_form": Scope.DEALERSHIP}, name="主管", locale="en")


@pytest.fixture
async def form(kernel, keeper):
    return await kernel.service("complaint.web_form").change(keeper, active=True, ancestors="www.dealer.cn")


@pytest.fixture
async def street(kernel):
    """A stranger's browser."""
    app = create_app(kernel, run_kernel=False)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://crm.test") as client:
        yield client


async def cases(kernel, actor):
    return (await kernel.service("records").list(actor, "complaint", Query())).items


async def test_a_stranger_sends_a_complaint_and_is_told_its_number_once(kernel, agent, form, street) -> None:
    path = f"/complaint-form/{form.token}"
    page = await street.get(path)
    assert page.status_code == 200
    assert "frame-ancestors 'self' https://www.dealer.cn" in page.headers["content-security-policy"]
    assert "x-frame-options" not in page.headers
    nonce = re.search(r'name="nonce" value="([^"]+)"', page.text)[1]
    answers = [await street.post(path, data={**SENT, "nonce": nonce}) for _n in range(2)]
    (case,) = await cases(kernel, agent)
    assert all(case.number in answer.text for answer in answers)
    assert (case.channel, case.contact, case.mobile) == ("web", "张女士", "138****8000")
    english = await street.get(f"{path}?lang=en")
    assert "Tell us what went wrong" in english.text


async def test_what_is_missing_is_said_at_its_field_and_nothing_is_lost(form, street) -> None:
    sent = {**SENT, "mobile": "12", "consent": ""}
    answer = await street.post(f"/complaint-form/{form.token}?lang=en", data=sent)
    assert answer.status_code == 422
    assert "This is not a mobile number" in answer.text
    assert "Without your consent" in answer.text
    assert "去过两次都没修好" in answer.text


async def test_programs_floods_and_closed_doors(kernel, keeper, form, street) -> None:
    forms = kernel.service("complaint.web_form")
    with pytest.raises(Invalid):
        await forms.send(form.token, "n" * 32, "192.0.2.1", {**SENT, "website": "spam"})
    for number in range(5):
        await forms.send(form.token, f"{number}" * 32, "192.0.2.1", SENT)
    with pytest.raises(TooMany):
        await forms.send(form.token, "x" * 32, "192.0.2.1", SENT)
    await forms.send(form.token, "y" * 32, "192.0.2.2", SENT)
    huge = await street.post(f"/complaint-form/{form.token}", data={**SENT, "description": "x" * 100_000})
    assert huge.status_code == 413
    stranger = {"sec-fetch-site": "cross-site"}
    assert (
        await street.post(f"/complaint-form/{form.token}", data=SENT, headers=stranger)
    ).status_code == 403
    renewed = await forms.change(keeper, fresh_token=True)
    assert (await street.get(f"/complaint-form/{form.token}")).status_code == 404
    await forms.change(keeper, active=False)
    assert (await street.get(f"/complaint-form/{renewed.token}")).status_code == 404
    with pytest.raises(Invalid):
        await forms.change(keeper, ancestors="https://a b; script-src *")


async def test_the_same_page_sent_twice_at_once_makes_one_case(kernel, agent, form) -> None:
    forms = kernel.service("complaint.web_form")
    numbers = await asyncio.gather(*(forms.send(form.token, "n" * 32, "192.0.2.1", SENT) for _n in range(3)))
    assert len(set(numbers)) == 1
    assert len(await cases(kernel, agent)) == 1


async def test_whoever_may_not_switch_the_form_does_not_see_its_address(kernel, agent) -> None:
    with pytest.raises(Forbidden):
        await kernel.service("complaint.web_form").mine(agent)
    with pytest.raises(NotFound):
        await kernel.service("complaint.web_form").open("a" * 32)


def mail(subject: str, text: str = "刹车有异响，电话 13900001111") -> bytes:
    return f"From: 张伟 <z@x.test>\r\nSubject: {subject}\r\n\r\n{text}".encode()


async def test_a_mail_becomes_a_complaint_and_one_that_names_its_number_joins_it(
    kernel, agent, handler, step
) -> None:
    (taker,) = TAKERS
    case = await taker.begin(kernel, agent, read_message(mail("刹车异响")))
    seen = await kernel.service("records").get(agent, "complaint", case)
    assert (seen.channel, seen.contact, seen.mobile) == ("mail", "张伟", "139****1111")
    await step(agent, case, "assign")
    answer = read_message(mail(f"Re: 您的投诉 {seen.number}", "还在响"))
    noting = await kernel.access.operator(agent.dealership_id)
    assert await taker.find(kernel, noting, answer) == case
    await taker.join(kernel, noting, case, answer)
    notes = (await kernel.service("notes").list(noting, "complaint", case)).items
    assert "还在响" in notes[0].body
    assert len((await kernel.service("notifications").inbox(handler)).items) == 2


@pytest.mark.parametrize(
    ("text", "subject", "contact"),
    [
        ("发件人：李四 <li@x.test>\n主题：空调不冷\n\n夏天没法开", "空调不冷", "李四"),
        ("From: li@x.test\nSubject: Brakes\n\nThey squeak", "Brakes", "li@x.test"),
        ("夏天没法开，空调不冷", "夏天没法开，空调不冷", None),
    ],
)
async def test_a_pasted_mail_becomes_a_complaint(kernel, agent, text, subject, contact) -> None:
    case = await kernel.service("complaint.mail").paste(agent, text)
    seen = await kernel.service("records").get(agent, "complaint", case)
    assert (seen.subject, seen.contact, str(seen.receiver_id)) == (subject, contact, str(agent.id))
    with pytest.raises(Invalid):
        await kernel.service("complaint.mail").paste(agent, "  ")


SOLD = date(2026, 1, 10)


@pytest.mark.parametrize(
    ("today", "mileage", "faults", "stays", "key", "standing"),
    [
        (SOLD + timedelta(5), 100, [Fault(SOLD + timedelta(4), "engine.stall")], [], "main_parts", "reached"),
        (SOLD + timedelta(9), 100, [Fault(SOLD + timedelta(8), "engine.stall")], [], "main_parts", "over"),
        (SOLD + timedelta(30), 900, [Fault(SOLD + timedelta(20), "brakes")], [], "safety", "reached"),
        (SOLD + timedelta(30), 3001, [], [], "safety", "over"),
        (SOLD + timedelta(90), 900, [Fault(SOLD, "brakes")] * 2, [], "safety_twice", "reached"),
        (SOLD + timedelta(90), 900, [Fault(SOLD, "body.water")] * 3, [], "same_fault", "near"),
        (SOLD + timedelta(90), 900, [], [Stay(SOLD, SOLD + timedelta(30))], "workshop_days", "reached"),
        (SOLD + timedelta(90), 900, [], [Stay(SOLD, SOLD + timedelta(9))] * 4, "workshop_days", "open"),
        (SOLD + timedelta(800), 900, [], [], "workshop_days", "over"),
    ],
)  # fmt: skip
def test_each_rule_of_the_three_guarantees_counts_for_itself(
    today, mileage, faults, stays, key, standing
) -> None:
    found = {one.rule.key: one.standing for one in hints(SOLD, mileage, today, faults, stays)}
    assert found[key] == standing
    assert {one.standing for one in hints(None, None, today, faults, stays)} == {"unknown"}


async def test_the_vehicles_counters_stand_beside_its_complaints(kernel, agent, new_case, clock) -> None:
    records = kernel.service("records")
    sold = f"{clock.now() - timedelta(days=20):%Y-%m-%d}"
    car = await records.create(agent, "vehicle", {"vin": "LSVAA49J132012345", "purchased_on": sold})
    await new_case(vehicle_id=str(car.id), problem_type="brakes")
    found = await kernel.service("complaint.guarantees").of_vehicle(agent, car.id)
    assert {one.rule.key: one.standing for one in found.hints}["safety"] == "reached"
