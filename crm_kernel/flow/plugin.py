"""What the flow room brings: engine, editor, working hours, approvals, and the job that rings clocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from crm_kernel.actor import Scope
from crm_kernel.contributions import (
    EventType,
    Job,
    Manifest,
    MenuItem,
    NotificationType,
    Offer,
    Permission,
    RoleGrant,
)
from crm_kernel.flow import approvals, calendars, desk, drafts, editing, models, moving, ringing
from crm_kernel.flow.room import FlowRoom
from crm_kernel.flow.service import Flows
from crm_kernel.hookspecs import hookimpl
from crm_kernel.text import messages

_ = messages("kernel")

MANAGED = (desk.MANAGE, calendars.MANAGE, approvals.MANAGE)


@hookimpl
def manifest() -> Manifest:
    return Manifest("flow", _("Flows"), "0.1.0", requires=("records",))


@hookimpl
def register_models() -> Sequence[type[Any]]:
    return (
        models.FlowVersion,
        models.FlowDraft,
        models.FlowRun,
        models.FlowMove,
        models.FlowClock,
        models.WorkingCalendar,
        models.ApprovalLimit,
        models.Approval,
    )


@hookimpl
def register_permissions() -> Sequence[Permission]:
    return MANAGED


@hookimpl
def register_roles() -> Sequence[RoleGrant]:
    return [RoleGrant("administrator", one.name, Scope.DEALERSHIP) for one in MANAGED]


@hookimpl
def register_services() -> Sequence[Offer]:
    return (
        Offer("flow_room", FlowRoom),
        Offer("flows", Flows),
        Offer("flow_editor", editing.FlowEditor),
        Offer("flow_drafts", drafts.FlowDrafts),
        Offer("flow_mover", moving.FlowMover),
        Offer("working_time", calendars.WorkingTimeService),
        Offer("approvals", approvals.Approvals),
    )


@hookimpl
def register_menu() -> Sequence[MenuItem]:
    group = _("Administration")
    return (
        MenuItem(_("Flows"), "/admin/flows", desk.MANAGE.name, "git-fork", group, 935),
        MenuItem(_("Working time"), "/admin/working-time", calendars.MANAGE.name, "clock-hour-9", group, 940),
        MenuItem(_("Approval limits"), "/admin/approval-limits", approvals.MANAGE.name, "checks", group, 945),
    )


@hookimpl
def register_events() -> Sequence[EventType]:
    return ringing.EVENTS


@hookimpl
def register_notifications() -> Sequence[NotificationType]:
    return (*ringing.NOTIFICATIONS, *approvals.NOTIFICATIONS)


@hookimpl
def register_jobs() -> Sequence[Job]:
    ring = Job("flow.ring", ringing.ring, _("Warn of deadlines and escalate"), every=timedelta(minutes=1))
    return [ring, *moving.JOBS]
