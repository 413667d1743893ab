"""Tables of the organisation: a group has regions, regions have dealerships, dealerships have people."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from crm_kernel.dal.base import Row, metadata
from crm_kernel.dal.types import Id, Json, UtcTime


class Base(DeclarativeBase):
    """The base of all kernel tables."""

    metadata = metadata


class Group(Row, Base):
    """A dealer group."""

    __tablename__ = "crm_group"
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))


class Region(Row, Base):
    """A part of a group."""

    __tablename__ = "crm_region"
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    group_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_group.id"), index=True)


class Dealership(Row, Base):
    """A shop: the border that records do not cross by themselves. `number` is short and never reused."""

    __tablename__ = "crm_dealership"
    number: Mapped[int] = mapped_column(Integer, unique=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    group_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("crm_group.id"), index=True)
    region_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("crm_region.id"), index=True)
    timezone: Mapped[str] = mapped_column(String(60), default="Asia/Shanghai")
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    locale: Mapped[str] = mapped_column(String(10), default="zh-CN")
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Department(Row, Base):
    """A department of a dealership: sales, service, customer service centre."""

    __tablename__ = "crm_department"
    dealership_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_dealership.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))


class Team(Row, Base):
    """A team within a department."""

    __tablename__ = "crm_team"
    dealership_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_dealership.id"), index=True)
    department_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("crm_department.id"))
    name: Mapped[str] = mapped_column(String(120))


class Staff(Row, Base):
    """A person who works here. Accounts belong to the adapter; records point at staff.

    A group's controller has a group and no dealership.
    """

    __tablename__ = "crm_staff"
    __table_args__ = (
        UniqueConstraint("dealership_id", "code"),
        Index(None, "team_id"),
        Index(None, "department_id"),
    )
    group_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("crm_group.id"))
    dealership_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("crm_dealership.id"))
    department_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("crm_department.id"))
    team_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("crm_team.id"))
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[str] = mapped_column(String(60), default="")
    level: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    mobile: Mapped[str] = mapped_column(String(40), default="")
    locale: Mapped[str] = mapped_column(String(10), default="")
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class ModuleSwitch(Row, Base):
    """A module switched off for one dealership; its data stays."""

    __tablename__ = "crm_module_switch"
    __table_args__ = (UniqueConstraint("dealership_id", "plugin"),)
    dealership_id: Mapped[UUID] = mapped_column(Id, ForeignKey("crm_dealership.id"))
    plugin: Mapped[str] = mapped_column(String(60))
