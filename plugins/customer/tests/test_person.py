"""What the law gives a person: a copy of what we hold, and its erasure."""

from __future__ import annotations

from io import BytesIO

import pytest

from crm_kernel.records.notes.view import NoteDraft


@pytest.fixture
async def wang(records, admin):
    made = await records.create(
        admin,
        "customer",
        {"name": "王伟", "mobile": "13800138000", "birthday": "1985-08-13", "wechat": "wang"},
    )
    await records.create(admin, "vehicle", {"vin": "LGXCE4CB9P0123456", "customer_id": made.id})
    return made


def ours(kernel):
    from crm_kernel.contributions import PersonalData

    return next(one for one in kernel.registry.of(PersonalData) if one.name == "customer")


async def test_he_gets_a_copy_of_everything(kernel, admin, wang) -> None:
    told = await ours(kernel).export(kernel, admin.access("customer.view"), wang.id)
    assert told["customer"][0]["mobile"] == "+8613800138000"
    assert told["vehicle"][0]["vin"] == "LGXCE4CB9P0123456"


async def test_after_erasure_nobody_finds_or_recognises_him(kernel, records, admin, look_up, wang) -> None:
    assert await ours(kernel).erase(kernel, admin.access("customer.view"), wang.id) == 1
    seen = await records.get(admin, "customer", wang.id)
    assert [seen.get(name) for name in ("name", "mobile", "phones", "birthday", "wechat")] == [
        "—",
        None,
        None,
        None,
        None,
    ]
    assert await look_up(admin, "customers", mobile="13800138000") == []
    assert await look_up(admin, "customers", q="王伟") == []
    assert await look_up(admin, "customers", q="8000") == []
    assert seen.get("do_not_contact") is True


async def test_what_was_written_about_him_and_filed_with_him_goes_too(kernel, admin, wang) -> None:
    await kernel.service("notes").add(admin, "customer", wang.id, NoteDraft(body="住在朝阳区"))
    uploaded = BytesIO(b"%PDF-1.7 passport")
    await kernel.service("attachments").upload(admin, "customer", wang.id, "身份证.pdf", uploaded)
    await ours(kernel).erase(kernel, admin.access("customer.view"), wang.id)
    assert await kernel.service("attachments").list(admin, "customer", wang.id) == []
    assert (await kernel.service("notes").list(admin, "customer", wang.id)).items == []
    timeline = (await kernel.service("timeline").read(admin, "customer", wang.id)).items
    assert not any("身份证" in str(one) for one in timeline)
