"""Processes: the states a record goes through, and sums that need somebody's approval."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crm_kernel.text import Text

if TYPE_CHECKING:
    from crm_kernel.actor import Actor
    from crm_kernel.dal.unit_of_work import UnitOfWork
    from crm_kernel.flow.definition import Definition, Step
    from crm_kernel.kernel import Kernel


@dataclass(frozen=True, slots=True)
class Flow:
    """The states the records of `entity` go through, as a preset that each dealership may edit.

    `state` and `due` name the record's columns for its state and (if it has one) for the moment at which its
    next clock runs out. `fixed` are steps the module relies on: an editor may rename them, nothing else.
    `guard` (kernel, actor, record, step) says in words why this person must not take a step, or None;
    `taken` (kernel, work, record, step, facts) runs in the transaction of a step, after it.
    """

    name: str
    label: Text
    entity: str
    definition: Definition
    state: str = "status"
    due: str | None = None
    fixed: frozenset[str] = frozenset()
    guard: Callable[[Kernel, Actor, Any, Step], Awaitable[Text | None]] | None = None
    taken: Callable[[Kernel, UnitOfWork, Any, Step, Mapping[str, Any]], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """Sums that may be asked for by those who hold `permission`, and decided up to the limit of one's roles.

    `limits` are the preset limits by role, in the dealership's currency.
    """

    name: str
    label: Text
    permission: str
    limits: Mapping[str, Decimal] = field(default_factory=dict, hash=False)
