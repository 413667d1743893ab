"""Plates move from car to car, and cars from owner to owner; what held once stays known."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from crm_customer.trade.periods import begin, end, holds, open_ones, owned_by, put_on

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def test_a_new_plate_closes_the_period_of_the_old_one() -> None:
    plates = put_on([], "粤B12345", None, MAY)
    plates = put_on(plates, "粤BD12345", JUNE, JUNE)
    assert plates == [
        {"plate": "粤B12345", "since": None, "until": "2026-06-01"},
        {"plate": "粤BD12345", "since": "2026-06-01", "until": None},
    ]
    assert holds(plates[0], MAY)
    assert not holds(plates[0], JUNE)


def test_the_same_plate_again_changes_nothing() -> None:
    plates = put_on([], "粤B12345", MAY, MAY)
    assert put_on(plates, "粤B12345", JUNE, JUNE) == plates


def test_a_plate_handed_back_leaves_the_car_without_one() -> None:
    plates = put_on(put_on([], "粤B12345", MAY, MAY), None, JUNE, JUNE)
    assert open_ones(plates) == []


def test_a_period_that_would_end_before_it_began_never_was() -> None:
    assert end(begin([], JUNE, plate="粤B12345"), MAY, plate="粤B12345") == []


def test_a_sold_car_has_a_new_owner_and_keeps_its_driver() -> None:
    people = owned_by([], "wang", None, MAY)
    people = begin(people, MAY, customer_id="li", role="driver")
    people = owned_by(people, "zhao", JUNE, JUNE)
    assert [p["customer_id"] for p in open_ones(people)] == ["li", "zhao"]
    assert [p["customer_id"] for p in people if p["role"] == "owner"] == ["wang", "zhao"]


days = st.dates(date(2020, 1, 1), date(2026, 12, 31))
changes = st.lists(st.tuples(st.sampled_from(["粤B1", "粤B2", "粤B3", None]), days), max_size=8)


@given(changes)
def test_whatever_happens_a_car_carries_at_most_one_plate(history: list[tuple[str | None, date]]) -> None:
    plates: list[dict[str, object]] = []
    for plate, on in sorted(history, key=lambda change: change[1]):
        plates = put_on(plates, plate, on, on)
        assert [p["plate"] for p in open_ones(plates)] == ([plate] if plate else [])
    for day in (on for _plate, on in history):
        assert sum(holds(p, day) for p in plates) <= 1
