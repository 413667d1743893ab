"""The web form of a dealership, and what was sent through it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_complaint.models.base import Base
from crm_kernel.dal.base import Row
from crm_kernel.dal.types import Id, UtcTime

TABLE = "crm_complaint_form"


class WebForm(Row, Base):
    """Whoever has the address with its token may send complaints; a new token voids the old.

    `ancestors` are the sites that may show the form in a frame (`https://www.dealer.cn`), one a line.
    """

    __tablename__ = TABLE
    __table_args__ = (UniqueConstraint("dealership_id"), UniqueConstraint("token"))
    dealership_id: Mapped[UUID] = mapped_column(Id)
    token: Mapped[str] = mapped_column(String(43))
    active: Mapped[bool] = mapped_column(Boolean, default=False)
    ancestors: Mapped[str] = mapped_column(Text, default="")
    consent: Mapped[str] = mapped_column(Text, default="")


class Posting(Row, Base):
    """One sending: `nonce` is that of the page, so that pressing twice makes one case.

    `client` is a keyed print of the sender's address, by which sendings are counted; it is soon forgotten.
    """

    __tablename__ = "crm_complaint_posting"
    __table_args__ = (
        UniqueConstraint("form_id", "nonce"),
        Index(None, "form_id", "at"),
        Index(None, "client", "at"),
        Index(None, "at"),
    )
    form_id: Mapped[UUID] = mapped_column(Id, ForeignKey(f"{TABLE}.id", ondelete="CASCADE"))
    nonce: Mapped[str] = mapped_column(String(43))
    client: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcTime)
    number: Mapped[str] = mapped_column(String(40))
