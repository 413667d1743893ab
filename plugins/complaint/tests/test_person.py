"""What the law gives a person: a copy of what complaints hold about him, and its erasure."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from crm_kernel.actor import Actor
from crm_kernel.contributions import PersonalData
from crm_kernel.kernel import Kernel
from crm_kernel.records.notes.view import NoteDraft

from .conftest import NewCase, Step


def ours(kernel: Kernel) -> PersonalData:
    return next(one for one in kernel.registry.of(PersonalData) if one.name == "complaint")


async def test_he_gets_what_was_said_with_the_steps_that_were_taken(
    kernel: Kernel, admin: Actor, customer: Any, new_case: NewCase, step: Step
) -> None:
    case = await new_case(customer_id=customer.id, description="倒车时异响")
    await step(admin, case, "assign", "investigate")
    told = await ours(kernel).export(kernel, admin.access("customer.view"), customer.id)
    [mine] = told["complaint"]
    assert (mine["description"], mine["mobile"]) == ("倒车时异响", "+8613800138000")
    assert "刹车片已磨损" in str(mine["steps"])


async def test_after_erasure_the_case_counts_but_tells_nothing(
    kernel: Kernel, admin: Actor, customer: Any, new_case: NewCase, step: Step
) -> None:
    case = await new_case(customer_id=customer.id, description="倒车时异响")
    other = await new_case(description="空调不制冷")
    await step(admin, case, "assign", "investigate")
    note = NoteDraft(body="打到他妻子的手机 13700137000")
    await kernel.service("notes").add(admin, "complaint", case, note)
    await kernel.service("attachments").upload(admin, "complaint", case, "来信.pdf", BytesIO(b"%PDF-1.7 x"))
    assert await ours(kernel).erase(kernel, admin.access("customer.view"), customer.id) == 1
    records = kernel.service("records")
    seen = await records.get(admin, "complaint", case)
    assert (seen.subject, seen.get("description"), seen.get("mobile")) == ("—", None, None)
    assert seen.status == "investigated"
    assert (await kernel.service("notes").list(admin, "complaint", case)).items == []
    assert await kernel.service("attachments").list(admin, "complaint", case) == []
    assert "刹车片" not in str(await kernel.service("flows").history(admin, "complaint", case))
    assert (await records.get(admin, "complaint", other)).description == "空调不制冷"
