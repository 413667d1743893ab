"""The addresses of the flow editor."""

from __future__ import annotations

from litestar import get, post

from crm_kernel.flow.desk import MANAGE
from crm_kernel.kernel import Kernel
from crm_kernel.ui.flow.editor.clocks import ClockDialogs
from crm_kernel.ui.flow.editor.pages import FlowPages
from crm_kernel.ui.flow.editor.room import PATH
from crm_kernel.ui.flow.editor.states import StateDialogs
from crm_kernel.ui.flow.editor.steps import FactDialogs, StepDialogs
from crm_kernel.ui.flow.editor.versions import VersionPages
from crm_kernel.ui.templating import Renderer
from crm_kernel.web.router import Router


def flow_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Every page and dialog."""
    pages, versions = FlowPages(kernel, renderer), VersionPages(kernel, renderer)
    states, steps = StateDialogs(kernel, renderer), StepDialogs(kernel, renderer)
    facts, clocks = FactDialogs(kernel, renderer), ClockDialogs(kernel, renderer)
    one = "/{name:str}"
    step, fact = f"{one}/steps/{{key:str}}", f"{one}/steps/{{key:str}}/facts/{{fact:str}}"
    version = f"{one}/versions/{{number:int}}"
    return Router(
        PATH,
        route_handlers=[
            get("/")(pages.list_page),
            get(one)(pages.show),
            post(f"{one}/discard")(pages.discard),
            post(f"{one}/rebase")(pages.rebase),
            get(f"{one}/publish")(pages.ask_publish),
            post(f"{one}/publish")(pages.publish),
            post(f"{one}/remove/{{part:str}}/{{key:str}}")(pages.remove),
            post(f"{step}/shift/{{way:str}}")(pages.shift),
            get(f"{one}/states/new")(states.new),
            post(f"{one}/states/new")(states.save),
            get(f"{one}/states/{{key:str}}")(states.edit),
            post(f"{one}/states/{{key:str}}")(states.save),
            get(f"{one}/steps/new")(steps.new),
            post(f"{one}/steps/new")(steps.save),
            get(step)(steps.edit),
            post(step)(steps.save),
            get(f"{step}/facts/new")(facts.new),
            post(f"{step}/facts/new")(facts.save),
            get(fact)(facts.edit),
            post(fact)(facts.save),
            post(f"{fact}/remove")(facts.remove),
            post(f"{fact}/earlier")(facts.shift),
            get(f"{one}/clocks/new")(clocks.new),
            post(f"{one}/clocks/new")(clocks.save),
            get(f"{one}/clocks/{{key:str}}")(clocks.edit),
            post(f"{one}/clocks/{{key:str}}")(clocks.save),
            get(f"{one}/clocks/{{key:str}}/by")(clocks.again),
            get(f"{one}/versions")(versions.list_page),
            get(version)(versions.show),
            get(f"{version}/move")(versions.plan),
            post(f"{version}/move")(versions.move),
            get(f"{one}/moving/{{id:uuid}}")(versions.progress),
        ],
        opt={"permission": MANAGE.name},
        include_in_schema=False,
    )
