"""Tables of accounts. Of passwords, sessions, tokens and codes only hashes lie here."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from crm_kernel.access.organisation import Dealership, Staff
from crm_kernel.dal.base import Row, metadata
from crm_kernel.dal.types import Encrypted, Id, Json, UtcTime

HASH = String(64)


class Base(DeclarativeBase):
    """The base of the accounts' tables."""

    metadata = metadata


class Account(Row, Base):
    """How one person signs in. `state` is `active` or `disabled`; `login` is kept in one spelling.

    `second_factor` tells whether one-time codes are asked for; `code_step` is the last one used.
    """

    __tablename__ = "crm_account"
    staff_id: Mapped[UUID] = mapped_column(Id, ForeignKey(Staff.id), unique=True)
    login: Mapped[str] = mapped_column(String(120), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20), default="active")
    must_change: Mapped[bool] = mapped_column(Boolean, default=False)
    second_factor: Mapped[bool] = mapped_column(Boolean, default=False)
    code_secret: Mapped[str | None] = mapped_column(Encrypted("crm_account.code_secret"))
    code_step: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    password_changed_at: Mapped[datetime] = mapped_column(UtcTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Session(Row, Base):
    """Somebody signed in with a browser."""

    __tablename__ = "crm_account_session"
    token_hash: Mapped[str] = mapped_column(HASH, unique=True)
    account_id: Mapped[UUID] = mapped_column(Id, ForeignKey(Account.id), index=True)
    dealership_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey(Dealership.id))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    address: Mapped[str] = mapped_column(String(45))
    agent: Mapped[str] = mapped_column(String(200))


class Token(Row, Base):
    """A token with which programs act for a person; `prefix` is what lists show of it."""

    __tablename__ = "crm_account_token"
    token_hash: Mapped[str] = mapped_column(HASH, unique=True)
    prefix: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    account_id: Mapped[UUID] = mapped_column(Id, ForeignKey(Account.id), index=True)
    dealership_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey(Dealership.id))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class RecoveryCode(Row, Base):
    """A code that stands in once for the second factor."""

    __tablename__ = "crm_account_recovery"
    __table_args__ = (Index(None, "account_id", "code_hash"),)
    account_id: Mapped[UUID] = mapped_column(Id, ForeignKey(Account.id))
    code_hash: Mapped[str] = mapped_column(HASH)


class PasswordReset(Row, Base):
    """A link that sets a new password once, for half an hour."""

    __tablename__ = "crm_account_reset"
    token_hash: Mapped[str] = mapped_column(HASH, unique=True)
    account_id: Mapped[UUID] = mapped_column(Id, ForeignKey(Account.id), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)


class Attempt(Base):
    """How often something was tried from one address or for one login; `key` is a keyed hash of it."""

    __tablename__ = "crm_account_attempt"
    key: Mapped[str] = mapped_column(HASH, primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[datetime | None] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)


class Application(Row, Base):
    """Somebody asks for an account. `state` is `waiting`, `approved` or `refused`."""

    __tablename__ = "crm_account_application"
    __table_args__ = (Index(None, "state", "created_at"), Index(None, "login"))
    reference_hash: Mapped[str] = mapped_column(HASH, unique=True)
    login: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(120))
    mobile: Mapped[str] = mapped_column(Encrypted("crm_account_application.mobile"))
    type: Mapped[str] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(String(40))
    dealership_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey(Dealership.id))
    remark: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    reason: Mapped[str] = mapped_column(Text, default="")
    roles: Mapped[list[Any]] = mapped_column(Json, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    decided_by: Mapped[UUID | None] = mapped_column(Id)


MODELS = (Account, Session, Token, RecoveryCode, PasswordReset, Attempt, Application)
