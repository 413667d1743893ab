"""Why somebody may see one record, or not: scope, owner, sharing, deletion, closed fields."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from crm_kernel.actor import Scope
from crm_kernel.contributions import Entity, Field, Manifest
from crm_kernel.dal.base import Record, metadata
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages

_ = messages("kernel")


class Base(DeclarativeBase):
    metadata = metadata


class Trailer(Record, Base):
    __tablename__ = "crm_yard_trailer"
    plate: Mapped[str] = mapped_column(String(20))


TRAILER = Entity(
    "trailer",
    "trailers",
    Trailer,
    _("Trailer"),
    _("Trailers"),
    "trailer",
    (Field("plate", _("Plate")),),
    title="plate",
)


class Yard:
    """A module with one record type."""

    __name__ = "yard"

    @hookimpl
    def manifest(self):
        return Manifest("yard", _("Yard"), "1")

    @hookimpl
    def register_models(self):
        return [Trailer]

    @hookimpl
    def register_entities(self):
        return [TRAILER]


@pytest.fixture
def kernel_modules() -> list[Any]:
    return [Yard()]


@pytest.fixture
async def trailer(kernel, admin, dealership):
    async with kernel.db.work(admin) as work:
        return work.add(Trailer(plate="沪A12345", dealership_id=dealership.id))


@pytest.fixture
async def viewer(roles, admin):
    """A role that sees its own trailers only."""
    await roles.create_role(admin, "viewer", "Viewer")
    await roles.set_permissions(
        admin, "viewer", {"trailer.view": Scope.OWN, "trailer.restore": Scope.DEALERSHIP}
    )
    return "viewer"


async def why(kernel, asker, user, row, permission="trailer.view") -> tuple[bool, list[str]]:
    found = await kernel.service("explain").explain(asker, user.id, permission, "trailer", row.id)
    return found.allowed, [str(text) for text in found.because]


async def test_a_scope_too_narrow_is_named_with_the_records_owner(
    kernel, admin, hire, viewer, trailer
) -> None:
    clerk = await hire(viewer)
    allowed, words = await why(kernel, admin, clerk, trailer)
    assert not allowed
    assert words[-2:] == [
        "The record belongs to 默认门店, its owner is 管理员.",
        "It does not lie within own records.",
    ]


async def test_a_wider_scope_reaches_it_and_closed_fields_are_told(
    kernel, admin, hire, roles, viewer, trailer
) -> None:
    await roles.set_permissions(admin, viewer, {"trailer.view": Scope.DEALERSHIP})
    await roles.set_field(admin, viewer, "trailer", "plate", "hide")
    allowed, words = await why(kernel, admin, await hire(viewer), trailer)
    assert allowed
    assert words[-2:] == ["It lies within the dealership's records.", "Hidden fields: plate."]


async def test_a_deleted_record_is_met_only_by_who_may_restore(
    kernel, admin, hire, roles, viewer, trailer
) -> None:
    await roles.set_permissions(admin, viewer, {"trailer.view": Scope.DEALERSHIP})
    clerk = await hire(viewer)
    async with kernel.db.work(admin) as work:
        row = await work.get(admin.access("trailer.view"), Trailer, trailer.id)
        row.deleted_at = work.now
    allowed, words = await why(kernel, admin, clerk, trailer)
    assert not allowed
    assert words[-1].startswith("It is deleted")
    assert (await why(kernel, admin, clerk, trailer, "trailer.restore"))[0]


async def test_a_sharing_rule_that_lets_a_foreign_record_be_found_is_named(
    kernel, admin, hire, viewer, trailer, group, east
) -> None:
    clerk = await hire(viewer, at=east)
    assert not (await why(kernel, admin, clerk, trailer))[0]
    await kernel.service("sharing").create_rule(admin, group.id, "trailer", ["plate"])
    allowed, words = await why(kernel, admin, clerk, trailer)
    assert allowed
    assert words[-1] == "A sharing rule of the group lets it be found, with plate."


async def test_who_asks_about_himself_learns_nothing_of_records_he_cannot_see(
    kernel, hire, viewer, trailer, east
) -> None:
    clerk = await hire(viewer, at=east)
    allowed, words = await why(kernel, clerk, clerk, trailer)
    assert not allowed
    assert words[-1] == "There is no such record within your reach."
