"""How a clock behaves: started, paused, resumed, given another span, ended. Computation only, no database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from crm_kernel.flow.definition import ClockRule, Span
from crm_kernel.flow.models import FlowClock
from crm_kernel.flow.working_time import WorkingTime

ClockState = Literal["running", "warned", "overdue", "waiting", "met", "missed"]


def state_of(clock: FlowClock, now: datetime) -> ClockState:
    """What a clock says at a moment."""
    if clock.ended_at is not None:
        return "missed" if clock.missed_at is not None else "met"
    if clock.due_at is None:
        return "waiting"
    if now > clock.due_at:
        return "overdue"
    return "warned" if clock.warn_at is not None and now >= clock.warn_at else "running"


def span_of(clock: FlowClock) -> Span:
    """How long it gives."""
    return msgspec.convert(clock.span, Span)


def length(calendar: WorkingTime, start: datetime, span: Span) -> timedelta:
    """How much working time a span gives from a moment on."""
    if span.days:
        return calendar.between(start, calendar.after_days(start, span.days))
    return timedelta(hours=span.hours)


def start(clock: FlowClock, rule: ClockRule, span: Span, calendar: WorkingTime, now: datetime) -> None:
    """Let it run from now on."""
    clock.span = msgspec.to_builtins(span)
    clock.started_at = now
    _plan(clock, rule, calendar, now, after(calendar, now, span))


def after(calendar: WorkingTime, moment: datetime, span: Span) -> datetime:
    """When a span that begins at a moment is over."""
    if span.days:
        return calendar.after_days(moment, span.days)
    return calendar.after(moment, timedelta(hours=span.hours))


def pause(clock: FlowClock, calendar: WorkingTime, now: datetime) -> None:
    """Let it wait; what was left stays."""
    if clock.due_at is None:
        return
    clock.left_seconds = _seconds_left(clock.due_at, calendar, now)
    clock.due_at = clock.warn_at = clock.next_at = None


def resume(clock: FlowClock, rule: ClockRule, calendar: WorkingTime, now: datetime) -> None:
    """Let it run on with what was left."""
    if clock.left_seconds is None:
        return
    due_at = _due(clock, calendar, now, clock.left_seconds)
    clock.left_seconds = None
    _plan(clock, rule, calendar, now, due_at)


def respan(clock: FlowClock, rule: ClockRule, span: Span, calendar: WorkingTime, now: datetime) -> None:
    """Give it another span; the working time used so far stays used, waiting stays uncounted.

    A span that has been used up already makes the clock overdue since the moment it was.
    """
    before = span_of(clock)
    gained = length(calendar, clock.started_at, span) - length(calendar, clock.started_at, before)
    waits = clock.due_at is None
    left = clock.left_seconds or 0 if clock.due_at is None else _seconds_left(clock.due_at, calendar, now)
    clock.span = msgspec.to_builtins(span)
    clock.left_seconds = left + round(gained.total_seconds())
    if not waits:
        resume(clock, rule, calendar, now)


def end(clock: FlowClock, now: datetime) -> None:
    """Stop it for good; it was missed if it had run out."""
    if clock.due_at is not None and now > clock.due_at and clock.missed_at is None:
        clock.missed_at = clock.due_at
    clock.ended_at = now
    clock.next_at = None


def warn(clock: FlowClock, now: datetime) -> None:
    """Note that the warning went out."""
    clock.warned_at = now
    clock.next_at = clock.due_at


def miss(clock: FlowClock, rule: ClockRule, calendar: WorkingTime, now: datetime) -> None:
    """Note that it ran out, or that somebody was reminded of it again."""
    if clock.missed_at is None:
        clock.missed_at = clock.due_at
    else:
        clock.reminders += 1
    clock.next_at = None
    if rule.repeat is not None:
        clock.next_at = after(calendar, now, rule.repeat)


def _seconds_left(due_at: datetime, calendar: WorkingTime, now: datetime) -> int:
    """Working time until it runs out; below zero when it has."""
    if now <= due_at:
        return round(calendar.between(now, due_at).total_seconds())
    return -round(calendar.between(due_at, now).total_seconds())


def _due(clock: FlowClock, calendar: WorkingTime, now: datetime, seconds: int) -> datetime:
    """When what is left is used up; in the past, but never before the start, when it has been."""
    passed = calendar.between(clock.started_at, now)
    return calendar.after(clock.started_at, passed + timedelta(seconds=seconds))


def _plan(clock: FlowClock, rule: ClockRule, calendar: WorkingTime, now: datetime, due_at: datetime) -> None:
    """Set the deadline, and when somebody must hear of it next."""
    whole = length(calendar, clock.started_at, span_of(clock))
    left = calendar.between(now, due_at)
    clock.due_at = due_at
    clock.warn_at = None
    if rule.warn_at < 1:
        clock.warn_at = min(calendar.after(now, left - whole * (1 - rule.warn_at)), due_at)
    if due_at > now:
        clock.missed_at = None
    warns = clock.warn_at is not None and clock.warned_at is None and bool(rule.warns)
    clock.next_at = clock.warn_at if warns else due_at
