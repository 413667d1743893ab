"""All pages of the kernel and its entities, as handlers for the web application."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response

from crm_kernel.contributions import Entity
from crm_kernel.kernel import Kernel
from crm_kernel.ui.admin.routers import admin_routers
from crm_kernel.ui.dossiers import dossier_router
from crm_kernel.ui.finding import Finding
from crm_kernel.ui.flow.approvals import approval_router
from crm_kernel.ui.home import HomePage
from crm_kernel.ui.imports import import_router
from crm_kernel.ui.records.pages import record_router
from crm_kernel.ui.reports import report_router
from crm_kernel.ui.tasks import task_router
from crm_kernel.ui.templating import Renderer, html
from crm_kernel.ui.views import view_router
from crm_kernel.web.problems import Problem


class Site:
    """The pages of one kernel. `handlers` go to `create_app`, together with `error_page`."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.renderer: Renderer = kernel.service("pages").renderer

    def handlers(self) -> list[Any]:
        """Everything people can open; nothing for services that are not there."""
        kernel, renderer = self.kernel, self.renderer
        found: list[Any] = [renderer.assets.route(), *HomePage(kernel, renderer).handlers()]
        found += Finding(kernel, renderer).handlers()
        if kernel.offers("tasks"):
            found.append(task_router(kernel, renderer))
        if kernel.offers("views"):
            found.append(view_router(kernel, renderer))
        if kernel.offers("imports"):
            found.append(import_router(kernel, renderer))
        if kernel.offers("approvals"):
            found.append(approval_router(kernel, renderer))
        if kernel.offers("dossiers"):
            found.append(dossier_router(kernel, renderer))
        if kernel.offers("reports"):
            found.append(report_router(kernel, renderer))
        found += admin_routers(kernel, renderer)
        for plugin, entity in kernel.registry.owned(Entity):
            if entity.pages:
                found.append(record_router(kernel, renderer, plugin, entity))
        return found

    def error_page(self, request: Request[Any, Any, Any], problem: Problem) -> Response[str]:
        """A refusal for people: what happened, what to do, the reference number."""
        text = self.renderer.fragment(request, "crm/error.html", problem=problem)
        return html(str(text), status=problem.status)
