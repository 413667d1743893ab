"""Tables of the embedded adapter. Of sessions, tickets and tokens only hashes lie here."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from crm_kernel.access.organisation import Dealership, Staff
from crm_kernel.dal.base import Row, metadata
from crm_kernel.dal.types import Encrypted, Id, Json, UtcTime

HASH = String(64)


class Base(DeclarativeBase):
    """The base of these tables."""

    metadata = metadata


class HostPerson(Row, Base):
    """Which member of staff a person of the host is. `facts` is a hash of what the host said last.

    `roles` are those granted for the host, to be taken back when it no longer says so.
    """

    __tablename__ = "crm_embedded_person"
    host_id: Mapped[str] = mapped_column(String(190), unique=True)
    staff_id: Mapped[UUID] = mapped_column(Id, ForeignKey(Staff.id), unique=True)
    facts: Mapped[str] = mapped_column(HASH)
    roles: Mapped[list[Any]] = mapped_column(Json, default=list)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)


class HostSession(Row, Base):
    """Somebody whom the host sent in by a link or a token, or who came through its OpenID provider.

    `provider_session` is a hash of what the provider calls his session there; `id_token` is shown to it when
    he signs out here.
    """

    __tablename__ = "crm_embedded_session"
    token_hash: Mapped[str] = mapped_column(HASH, unique=True)
    staff_id: Mapped[UUID] = mapped_column(Id, ForeignKey(Staff.id), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    provider_session: Mapped[str | None] = mapped_column(HASH, index=True)
    id_token: Mapped[str | None] = mapped_column(Encrypted("crm_embedded_session.id_token"))


class Ticket(Row, Base):
    """A link that opens a session once. `path` is where it leads, below the prefix."""

    __tablename__ = "crm_embedded_ticket"
    token_hash: Mapped[str] = mapped_column(HASH, unique=True)
    staff_id: Mapped[UUID] = mapped_column(Id, ForeignKey(Staff.id))
    path: Mapped[str] = mapped_column(String(500))
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class SpentToken(Base):
    """A signed token that was shown once and is not taken again."""

    __tablename__ = "crm_embedded_spent"
    token_hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class Mirrored(Row, Base):
    """Which record of ours mirrors a record of the host's. `facts` is a hash of what the host said last."""

    __tablename__ = "crm_embedded_mirror"
    __table_args__ = (UniqueConstraint("dealership_id", "entity", "host_id"), Index(None, "record_id"))
    dealership_id: Mapped[UUID] = mapped_column(Id, ForeignKey(Dealership.id))
    entity: Mapped[str] = mapped_column(String(60))
    host_id: Mapped[str] = mapped_column(String(190))
    record_id: Mapped[UUID] = mapped_column(Id)
    facts: Mapped[str] = mapped_column(HASH)


class Call(Row, Base):
    """A telephone that rings for somebody; forgotten after a day."""

    __tablename__ = "crm_embedded_call"
    __table_args__ = (Index(None, "staff_id", "rang_at"),)
    staff_id: Mapped[UUID] = mapped_column(Id, ForeignKey(Staff.id))
    number: Mapped[str] = mapped_column(Encrypted("crm_embedded_call.number"))
    rang_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


MODELS = (HostPerson, HostSession, Ticket, SpentToken, Mirrored, Call)
