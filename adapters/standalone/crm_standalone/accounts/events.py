"""What accounts tell: signing in and out, failures, and changes that concern security."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from crm_kernel.contributions import EventType
from crm_kernel.dal.types import uuid7
from crm_kernel.text import messages

_ = messages("account")


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """`what` happened to whose account (None: nobody has the login that was tried), from which address."""

    what: str
    account_id: UUID | None
    address: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)


SIGNED_IN = "account.signed_in"
SIGN_IN_FAILED = "account.sign_in_failed"
CHANGED = "account.changed"


def _example() -> AccountEvent:
    return AccountEvent("password.changed", uuid7(), "203.0.113.5", {"sessions": "2"})


EVENTS = (
    EventType(SIGNED_IN, AccountEvent, _example, _("Signed in")),
    EventType(SIGN_IN_FAILED, AccountEvent, _example, _("Sign-in failed")),
    EventType(CHANGED, AccountEvent, _example, _("Account changed")),
)
