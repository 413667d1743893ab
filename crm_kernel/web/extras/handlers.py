"""All of these routes: those of each entity, and those by ids of their own."""

from __future__ import annotations

from typing import Any

from crm_kernel.contributions import Entity
from crm_kernel.kernel import Kernel
from crm_kernel.web.extras.attachments import entity_attachments
from crm_kernel.web.extras.calls import entity_calls
from crm_kernel.web.extras.changes import change_handlers
from crm_kernel.web.extras.dossiers import dossier_handlers, entity_dossiers
from crm_kernel.web.extras.exports import entity_exports, export_handlers
from crm_kernel.web.extras.flow_editor import flow_handlers
from crm_kernel.web.extras.flows import approval_handlers, entity_approvals, entity_flows
from crm_kernel.web.extras.imports import import_handlers
from crm_kernel.web.extras.notes import entity_notes, note_handlers
from crm_kernel.web.extras.reports import report_handlers
from crm_kernel.web.extras.sync import sync_handlers
from crm_kernel.web.extras.tasks import entity_tasks, task_handlers
from crm_kernel.web.extras.views import view_handlers
from crm_kernel.web.extras.webhooks import webhook_handlers


def entity_handlers(kernel: Kernel, entity: Entity) -> list[Any]:
    """Below `/<plural>`."""
    return [
        handler
        for group in (
            entity_notes,
            entity_tasks,
            entity_attachments,
            entity_exports,
            entity_flows,
            entity_approvals,
            entity_calls,
            entity_dossiers,
        )
        for handler in group(kernel, entity)
    ]


def common_handlers(kernel: Kernel) -> list[Any]:
    """Below `/api/v1`."""
    return [
        handler
        for group in (
            note_handlers,
            task_handlers,
            view_handlers,
            export_handlers,
            import_handlers,
            approval_handlers,
            flow_handlers,
            sync_handlers,
            change_handlers,
            webhook_handlers,
            report_handlers,
            dossier_handlers,
        )
        for handler in group(kernel)
    ]
