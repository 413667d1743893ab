"""All administration pages whose services are there."""

from __future__ import annotations

from litestar import Router

from crm_kernel.kernel import Kernel
from crm_kernel.ui.admin.approval_limits import approval_limit_router
from crm_kernel.ui.admin.audit import audit_router
from crm_kernel.ui.admin.audit_chain import audit_chain_router
from crm_kernel.ui.admin.custom_fields import custom_field_router
from crm_kernel.ui.admin.dealership import dealership_router
from crm_kernel.ui.admin.dictionaries import dictionary_router
from crm_kernel.ui.admin.explain import explain_router
from crm_kernel.ui.admin.inbox import inbox_router
from crm_kernel.ui.admin.jobs import job_router
from crm_kernel.ui.admin.mailboxes import mailbox_router
from crm_kernel.ui.admin.modules import module_router
from crm_kernel.ui.admin.organisation import organisation_router
from crm_kernel.ui.admin.roles import role_router
from crm_kernel.ui.admin.sharing import sharing_router
from crm_kernel.ui.admin.staff import staff_router
from crm_kernel.ui.admin.sync import sync_router
from crm_kernel.ui.admin.sync_sources import source_router
from crm_kernel.ui.admin.tags import tag_router
from crm_kernel.ui.admin.webhooks import webhook_router
from crm_kernel.ui.admin.working_time import working_time_router
from crm_kernel.ui.flow.editor.router import flow_router
from crm_kernel.ui.templating import Renderer

ROUTERS = (
    ("organisation", organisation_router),
    ("organisation", dealership_router),
    ("organisation", staff_router),
    ("organisation", module_router),
    ("policy", role_router),
    ("sharing", sharing_router),
    ("explain", explain_router),
    ("dictionaries", dictionary_router),
    ("tags", tag_router),
    ("custom_fields", custom_field_router),
    ("audit", audit_router),
    ("audit_chain", audit_chain_router),
    ("jobs", job_router),
    ("sync_ledger", sync_router),
    ("sync_sources", source_router),
    ("webhooks", webhook_router),
    ("mailboxes", mailbox_router),
    ("notifications", inbox_router),
    ("flow_editor", flow_router),
    ("working_time", working_time_router),
    ("approvals", approval_limit_router),
)
"""The service each group of pages stands on."""


def admin_routers(kernel: Kernel, renderer: Renderer) -> list[Router]:
    """A router for each group of pages."""
    return [make(kernel, renderer) for service, make in ROUTERS if kernel.offers(service)]
