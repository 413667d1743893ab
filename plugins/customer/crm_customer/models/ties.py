"""What ties a customer to others and to us: contacts, relations, consents."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm_customer.models.base import Base
from crm_customer.models.customer import TABLE as CUSTOMER
from crm_kernel.dal.base import Record, record_indexes
from crm_kernel.dal.types import Encrypted, Id, UtcTime


class Contact(Record, Base):
    """A person who speaks for a company and need not be a customer himself."""

    __tablename__ = "crm_customer_contact"
    __table_args__ = record_indexes(
        Index(None, "dealership_id", "customer_id"), Index(None, "dealership_id", "mobile_bi")
    )
    customer_id: Mapped[UUID] = mapped_column(Id, ForeignKey(f"{CUSTOMER}.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[str | None] = mapped_column(String(80))
    mobile: Mapped[str | None] = mapped_column(Encrypted("crm_customer_contact.mobile"))
    mobile_bi: Mapped[str | None] = mapped_column(String(16))
    email: Mapped[str | None] = mapped_column(Encrypted("crm_customer_contact.email"))
    email_bi: Mapped[str | None] = mapped_column(String(16))
    wechat: Mapped[str | None] = mapped_column(String(60))
    main: Mapped[bool] = mapped_column(Boolean, default=False)
    remark: Mapped[str | None] = mapped_column(Text)


class Relation(Record, Base):
    """How one customer stands to another: `customer_id` was referred by, works for, belongs to `other_id`.

    Kept once, shown on both pages.
    """

    __tablename__ = "crm_customer_relation"
    __table_args__ = record_indexes(
        Index(None, "dealership_id", "customer_id"), Index(None, "dealership_id", "other_id")
    )
    customer_id: Mapped[UUID] = mapped_column(Id, ForeignKey(f"{CUSTOMER}.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    other_id: Mapped[UUID] = mapped_column(Id, ForeignKey(f"{CUSTOMER}.id", ondelete="CASCADE"))
    remark: Mapped[str | None] = mapped_column(Text)


class Consent(Record, Base):
    """A consent to be approached for one purpose through one channel, from when to when, and its proof.

    Never overwritten: a consent given again is a new row, so that the history can be shown to an authority.
    """

    __tablename__ = "crm_customer_consent"
    __table_args__ = record_indexes(
        Index(None, "dealership_id", "customer_id", "purpose", "channel", "given_at")
    )
    customer_id: Mapped[UUID] = mapped_column(Id, ForeignKey(f"{CUSTOMER}.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(40))
    given_at: Mapped[datetime] = mapped_column(UtcTime)
    proof: Mapped[str] = mapped_column(Text)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcTime)
    withdrawal: Mapped[str | None] = mapped_column(Text)
