"""What the address of a list may ask."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from crm_kernel.dal.query import Condition, Query
from crm_kernel.errors import Invalid
from crm_kernel.records.fields import declared_specs
from crm_kernel.records.query_params import parse
from tests.kernel.records.garage import GUEST


def ask(*pairs: tuple[str, str], zone: str = "Asia/Shanghai") -> Query:
    return parse(GUEST, declared_specs(GUEST), pairs, timezone=zone)


def test_everything_a_list_knows():
    query = ask(
        ("limit", "20"), ("cursor", "abc"), ("sort", "-created_at,name"), ("count", "exact"), ("q", " 王 "),
        ("fields", "name,mobile"), ("level[in]", "A,B"), ("debt[gte]", "1,000"), ("birthday", "1980年2月3日"),
        ("deleted", "true"),
    )  # fmt: skip
    assert query == Query(
        conditions=(
            Condition("level", "in", ("A", "B")),
            Condition("debt", "gte", Decimal("1000.00")),
            Condition("birthday", "eq", date(1980, 2, 3)),
        ),
        sort=("-created_at", "name"),
        limit=20,
        cursor="abc",
        q="王",
        fields=("name", "mobile"),
        count=True,
        deleted=True,
    )


def test_a_bare_day_means_all_of_it_where_the_person_is():
    start, end = datetime(2024, 5, 31, 16, tzinfo=UTC), datetime(2024, 6, 1, 16, tzinfo=UTC)
    assert ask(("created_at", "2024-06-01")).conditions == (
        Condition("created_at", "gte", start), Condition("created_at", "lt", end),
    )  # fmt: skip
    assert ask(("created_at[lte]", "2024-06-01")).conditions == (Condition("created_at", "lt", end),)
    assert ask(("created_at[gt]", "2024-06-01")).conditions == (Condition("created_at", "gte", end),)
    assert ask(("created_at[gte]", "2024-06-01 08:00")).conditions == (
        Condition("created_at", "gte", datetime(2024, 6, 1, tzinfo=UTC)),
    )


def test_a_mobile_is_looked_up_normalised():
    assert ask(("mobile", "138 0013-8000")).conditions == (Condition("mobile", "eq", "+8613800138000"),)
    assert ask(("mobile[contains]", "00-13")).conditions == (Condition("mobile", "contains", "0013"),)


@pytest.mark.parametrize(
    ("name", "value", "field", "code"),
    [
        ("limit", "0", "limit", "out_of_range"),
        ("limit", "201", "limit", "out_of_range"),
        ("limit", "²", "limit", "out_of_range"),
        ("count", "about", "count", "choice"),
        ("sort", "remark", "remark", "not_sortable"),
        ("sort", "name desc nulls", "name desc nulls", "unknown_field"),
        ("fields", "name,mobile_bi", "mobile_bi", "unknown_field"),
        ("q", "x" * 101, "q", "too_long"),
        ("mobile_bi", "x", "mobile_bi", "unknown_field"),
        ("remark", "x", "remark", "unknown_field"),
        ("age", "3", "age", "unknown_field"),
        ("name[like]", "x", "name", "unknown_operator"),
        ("mobile[startswith]", "138", "mobile", "unknown_operator"),
        ("mobile[contains]", "138", "mobile", "too_short"),
        ("mobile", "12", "mobile", "mobile"),
        ("birthday", "昨天", "birthday", "date"),
        ("debt[gt]", "很多", "debt", "amount"),
        ("member", "也许", "member", "switch"),
        ("level[empty]", "x", "level", "switch"),
        ("name'; --", "x", "name'; --", "unknown_field"),
        ("owner_id", "x", "owner_id", "reference"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_at_its_field(name, value, field, code):
    with pytest.raises(Invalid) as caught:
        ask((name, value))
    assert [(e.field, e.code) for e in caught.value.errors] == [(field, code)]


def test_all_that_is_wrong_is_told_together():
    with pytest.raises(Invalid) as caught:
        ask(("limit", "x"), ("nothing", "1"), ("birthday", "x"))
    assert [e.field for e in caught.value.errors] == ["limit", "nothing", "birthday"]
