"""Tables of the policy: roles, Casbin rules, the revision everybody watches, sharing rules of a group."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_kernel.access.organisation import Base
from crm_kernel.dal.base import Row
from crm_kernel.dal.types import Id, Json


class Role(Row, Base):
    """A role: a named set of permissions, each with a scope. `preset` ones come with the product.

    A role with a dealership is that dealership's own and held only there. A preset without a label of its
    own shows the product's.
    """

    __tablename__ = "crm_role"
    name: Mapped[str] = mapped_column(String(60), unique=True)
    label: Mapped[str] = mapped_column(String(120))
    preset: Mapped[bool] = mapped_column(Boolean, default=False)
    dealership_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("crm_dealership.id"))


class SeededGrant(Row, Base):
    """A default grant that was made once; what administrators then do with it stays."""

    __tablename__ = "crm_role_seed"
    __table_args__ = (UniqueConstraint("role", "permission"),)
    role: Mapped[str] = mapped_column(String(60))
    permission: Mapped[str] = mapped_column(String(120))


class AccessRule(Row, Base):
    """A Casbin rule.

    `p`: v0 `r:<role>`, v1 permission (or `field:<entity>.<field>`), v2 scope (or `hide`/`read`).
    `g`: v0 `u:<staff id>`, v1 `r:<role>`, v2 dealership id or `*`.
    Values hold only letters, digits and `_.:*-`.
    """

    __tablename__ = "crm_access_rule"
    __table_args__ = (Index(None, "ptype", "v0"), Index(None, "ptype", "v1"))
    ptype: Mapped[str] = mapped_column(String(2))
    v0: Mapped[str] = mapped_column(String(80))
    v1: Mapped[str] = mapped_column(String(120))
    v2: Mapped[str] = mapped_column(String(80))


class AccessRevision(Base):
    """One row; counts every change of rules, people or switches, in the transaction that makes it."""

    __tablename__ = "crm_access_revision"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    revision: Mapped[int] = mapped_column(Integer)


class SharingRule(Row, Base):
    """Lets other dealerships of a group find chosen records of an entity, with the named fields only.

    `source_id` / `target_id` narrow it to one dealership each (None: all of the group). Each opening of a
    foreign record is written to the access log.
    """

    __tablename__ = "crm_sharing_rule"
    group_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_group.id"), index=True)
    entity: Mapped[str] = mapped_column(String(60))
    source_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("crm_dealership.id"))
    target_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("crm_dealership.id"))
    tag: Mapped[str] = mapped_column(String(60), default="")
    fields: Mapped[list[Any]] = mapped_column(Json, default=list)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
