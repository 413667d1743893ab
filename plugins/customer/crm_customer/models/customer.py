"""Customers and the numbers they are found by."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_customer.models.base import Base
from crm_kernel.dal.base import Record, Row, record_indexes
from crm_kernel.dal.types import Encrypted, EncryptedJson, Id

TABLE = "crm_customer_customer"
ID_NUMBER = f"{TABLE}.id_number"
PHONE = "crm_customer_phone.number"
"""What fingerprints are made for: each has keys of its own."""


class Customer(Record, Base):
    """A person or company we sell to, serve, or hope to.

    What identifies a person lies encrypted; a `_bi` column beside it is its keyed fingerprint, by which
    the whole value is found. `mobile` repeats the first mobile of `phones`, so that lists need no look-up.
    """

    __tablename__ = TABLE
    __table_args__ = record_indexes(
        UniqueConstraint("dealership_id", "code"),
        Index(None, "dealership_id", "name", "birthday"),
        Index(None, "dealership_id", "registered_on", "id"),
        Index(None, "dealership_id", "mobile_bi"),
        Index(None, "dealership_id", "id_number_bi"),
        Index(None, "dealership_id", "email_bi"),
    )
    code: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(10), default="person")
    status: Mapped[str] = mapped_column(String(20), default="prospect")
    name: Mapped[str] = mapped_column(String(120))
    sex: Mapped[str] = mapped_column(String(10), default="unknown")
    birthday: Mapped[date | None] = mapped_column(Date)
    id_number: Mapped[str | None] = mapped_column(Encrypted(ID_NUMBER))
    id_number_bi: Mapped[str | None] = mapped_column(String(16))

    mobile: Mapped[str | None] = mapped_column(Encrypted(f"{TABLE}.mobile"))
    mobile_bi: Mapped[str | None] = mapped_column(String(16))
    phones: Mapped[list[Any] | None] = mapped_column(EncryptedJson(f"{TABLE}.phones"))
    email: Mapped[str | None] = mapped_column(Encrypted(f"{TABLE}.email"))
    email_bi: Mapped[str | None] = mapped_column(String(16))
    wechat: Mapped[str | None] = mapped_column(String(60))
    address: Mapped[str | None] = mapped_column(Encrypted(f"{TABLE}.address"))
    preferred_channel: Mapped[str | None] = mapped_column(String(40))
    preferred_time: Mapped[str | None] = mapped_column(String(60))
    preferences: Mapped[str | None] = mapped_column(Text)
    do_not_contact: Mapped[bool] = mapped_column(Boolean, default=False)

    level: Mapped[str | None] = mapped_column(String(40))
    source: Mapped[str | None] = mapped_column(String(40))
    classification: Mapped[str | None] = mapped_column(String(40))
    registered_on: Mapped[date | None] = mapped_column(Date)
    advisor: Mapped[str | None] = mapped_column(String(60))

    occupation: Mapped[str | None] = mapped_column(String(80))
    employer: Mapped[str | None] = mapped_column(String(120))
    education: Mapped[str | None] = mapped_column(String(40))
    interests: Mapped[str | None] = mapped_column(Text)
    industry: Mapped[str | None] = mapped_column(String(80))
    size: Mapped[str | None] = mapped_column(String(40))
    tax_number: Mapped[str | None] = mapped_column(String(40))
    bank_account: Mapped[str | None] = mapped_column(Encrypted(f"{TABLE}.bank_account"))
    loan: Mapped[str | None] = mapped_column(Encrypted(f"{TABLE}.loan"))
    remark: Mapped[str | None] = mapped_column(Text)


class Phone(Row, Base):
    """The fingerprint of one number of a customer: any of his numbers finds him. The number itself lies
    in `Customer.phones` only."""

    __tablename__ = "crm_customer_phone"
    __table_args__ = (Index(None, "dealership_id", "number_bi"), Index(None, "customer_id"))
    dealership_id: Mapped[UUID] = mapped_column(Id)
    customer_id: Mapped[UUID] = mapped_column(Id, ForeignKey(f"{TABLE}.id", ondelete="CASCADE"))
    number_bi: Mapped[str] = mapped_column(String(16))
