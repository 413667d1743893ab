"""A complaint's file: one PDF of everything, in Chinese that can be read out, known again by its digest."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from crm_kernel.actor import Actor, Scope
from crm_kernel.audit.models import AuditAccess, AuditChange
from crm_kernel.dal.scoped import trusted
from crm_kernel.errors import Forbidden, Invalid, NotFound
from crm_kernel.kernel import Kernel
from crm_kernel.records.notes.view import NoteDraft

RARE = "㛃䶮𬱖"
READ = ("complaint.view", "complaint.print", "notes.view", "dossiers.check", "problem.view")


pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What a paper says does not depend on the database; one is enough."""


@pytest.fixture
async def reader(make_actor) -> Actor:
    return await make_actor(dict.fromkeys(READ, Scope.DEALERSHIP), name="周律师")


def words(content: bytes) -> str:
    """What is read out of a PDF, line ends left out."""
    pages = PdfReader(BytesIO(content)).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "")


def picture() -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (60, 40), (180, 20, 20)).save(out, "PNG")
    out.seek(0)
    return out


@pytest.fixture
async def case(kernel: Kernel, agent: Actor, handler: Actor, admin: Actor, new_case, step) -> Any:
    """A complaint with steps, an approval, a note, a picture, and a caller with a rare name."""
    made = await new_case(contact=f"张{RARE}", description="低速制动时有金属摩擦声，雨天更明显。" * 12)
    await step(agent, made, "assign")
    await step(handler, made, "investigate", "propose")
    approvals = kernel.service("approvals")
    asked = await approvals.ask(agent, "complaint", made, "complaint_compensation", 300, "补偿上门取送车")
    await approvals.decide(admin, asked.id, approve=True)
    note = NoteDraft(kind="call", body="客户同意周六到店")
    await kernel.service("notes").add(admin, "complaint", made, note)
    await kernel.service("attachments").upload(admin, "complaint", made, "刹车片.png", picture())
    return made


async def test_the_file_says_everything_and_can_be_read_out(kernel: Kernel, reader: Actor, case) -> None:
    made = await kernel.service("dossiers").issue(reader, "complaint", case)
    text = words(made.content)
    for said in (
        "TS-20261123-0001", f"张{RARE}", "刹车异响", "雨天更明显", "138****8000", "王技师",
        "刹车片已磨损", "免费更换刹车片并致歉", "¥300.00", "补偿上门取送车", "已批准",
        "客户同意周六到店", "刹车片.png", "周律师", "默认门店", "第 1 页",
    ):  # fmt: skip
        assert said in text, said
    (held,) = await kernel.service("attachments").list(reader, "complaint", case)
    assert held.sha256 in text.replace(" ", "")
    assert "13800138000" not in text
    document = PdfReader(BytesIO(made.content))
    assert sum(len(page.images) for page in document.pages) == 1
    assert len(document.pages) >= 2
    assert len(made.content) < 400_000
    english = await kernel.service("dossiers").issue(
        type(reader)(reader.id, reader.name, reader.place, reader.grants, locale="en"), "complaint", case
    )
    assert "Steps taken" in words(english.content)
    assert "刹车片已磨损" in words(english.content)


async def test_a_file_is_known_again_by_its_bytes_and_no_other_is(
    kernel: Kernel, reader: Actor, case, clock, make_dealership, make_actor
) -> None:
    dossiers = kernel.service("dossiers")
    made = await dossiers.issue(reader, "complaint", case)
    issued_at = clock.now()
    clock.advance(timedelta(days=40))
    found = await dossiers.check(reader, made.content)
    (known,) = found.issued
    assert (known.issued_at, known.issued_by, known.title, known.clear) == (
        issued_at, "周律师", "TS-20261123-0001", False,
    )  # fmt: skip
    assert (await dossiers.check_digest(reader, made.sha256.upper())).issued == found.issued
    assert (await dossiers.check(reader, made.content + b" ")).issued == []
    with pytest.raises(Invalid):
        await dossiers.check_digest(reader, "abc")
    elsewhere = await make_dealership("east")
    other = await make_actor(dict.fromkeys(READ, Scope.DEALERSHIP), at=elsewhere.id)
    assert (await dossiers.check(other, made.content)).issued == []
    entries = await kernel.db.rows(trusted(select(AuditChange).where(AuditChange.verb == "issue")))
    assert [made.sha256 in entry.after for entry in entries] == [True]


async def test_numbers_stand_open_only_for_those_who_may_reveal_and_it_is_noted(
    kernel: Kernel, reader: Actor, agent: Actor, case, make_actor
) -> None:
    dossiers = kernel.service("dossiers")
    with pytest.raises(Forbidden):
        await dossiers.issue(reader, "complaint", case, clear=True)
    rights = dict.fromkeys((*READ, "complaint.reveal"), Scope.DEALERSHIP)
    trusted_one = await make_actor(rights, name="陈总")
    made = await dossiers.issue(trusted_one, "complaint", case, clear=True)
    assert "13800138000" in words(made.content)
    await kernel.service("audit").flush()
    log = select(AuditAccess.verb).where(AuditAccess.actor_id == trusted_one.id)
    assert {"printed", "revealed"} <= set(await kernel.db.rows(trusted(log)))
    with pytest.raises(Forbidden):
        await dossiers.issue(agent, "complaint", case)


async def test_what_the_reader_may_not_see_is_not_in_it(
    kernel: Kernel, agent: Actor, case, make_actor, make_dealership
) -> None:
    rights = dict.fromkeys(("complaint.view", "complaint.print"), Scope.DEALERSHIP)
    plain = await make_actor(rights, name="王前台", hidden=frozenset({"complaint.description"}))
    text = words((await kernel.service("dossiers").issue(plain, "complaint", case)).content)
    assert "客户同意周六到店" not in text
    assert "雨天更明显" not in text
    draft = {"name": "刹车片批次问题", "measure": "更换供应商"}
    problem = await kernel.service("records").create(agent, "problem", draft)
    await kernel.service("complaint.problem_links").link(agent, problem.id, case)
    assert "更换供应商" not in words(
        (await kernel.service("dossiers").issue(plain, "complaint", case)).content
    )
    whole = await make_actor(dict.fromkeys(READ, Scope.DEALERSHIP))
    made = await kernel.service("dossiers").issue(whole, "complaint", case)
    assert "更换供应商" in words(made.content)
    elsewhere = await make_dealership("east")
    other = await make_actor(rights, at=elsewhere.id)
    with pytest.raises(NotFound):
        await kernel.service("dossiers").issue(other, "complaint", case)
