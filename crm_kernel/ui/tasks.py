"""Tasks: my list, my team's, those I gave; done with one click, undone with another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post

from crm_kernel.actor import Actor, Scope
from crm_kernel.errors import FieldError, Invalid
from crm_kernel.i18n import formats, translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.tasks.view import TaskDraft, TaskView
from crm_kernel.text import messages
from crm_kernel.ui.records.forms import Control
from crm_kernel.ui.room import PageRoom
from crm_kernel.ui.templating import Renderer, html, is_htmx, told, trigger
from crm_kernel.web.parameters import CurrentActor, RecordId
from crm_kernel.web.router import Router

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]
LISTS = (("mine", _("Mine")), ("team", _("My team")), ("given", _("Given by me")))
EVERYBODY = ("all", _("Everybody"))
STATES = (("open", _("Open")), ("done", _("Done")))


def task_router(kernel: Kernel, renderer: Renderer) -> Router:
    """Pages of tasks."""
    pages = TaskPages(kernel, renderer)
    view, create = {"permission": "tasks.view"}, {"permission": "tasks.create"}
    return Router(
        "/tasks",
        route_handlers=[
            get("/", opt=view)(pages.list_page),
            get("/new", opt=create)(pages.new),
            post("/", opt=create)(pages.create),
            post("/{id:uuid}/close", opt={"permission": "tasks.change"})(pages.close),
            post("/{id:uuid}/reopen", opt={"permission": "tasks.change"})(pages.reopen),
        ],
        include_in_schema=False,
    )


class TaskPages(PageRoom):
    """The task list and what its buttons do."""

    async def list_page(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        params = request.query_params
        whose, state = params.get("whose", "mine"), params.get("state", "open")
        late, assignee = params.get("overdue") == "1", _person(params.get("assignee", ""))
        page = await self.kernel.service("tasks").list(
            actor, whose, state=state, overdue=late, assignee_id=assignee, cursor=params.get("cursor")
        )
        url = f"{self.kernel.settings.prefix}/tasks"
        more = "&overdue=1" if late else ""
        more += f"&assignee={assignee}" if assignee else ""
        lists = LISTS if actor.access("tasks.view").scope <= Scope.TEAM else (*LISTS, EVERYBODY)
        values = {
            "tasks": page.items,
            "whose": whose,
            "state": state,
            "lists": [(key, translate(label), f"{url}?whose={key}") for key, label in lists],
            "states": [(key, translate(label), f"{url}?whose={whose}&state={key}") for key, label in STATES],
            "here": f"{url}?whose={whose}&state={state}{more}",
            "chips": self._chips(f"{url}?whose={whose}&state={state}", late, assignee, page.items),
            "next_url": f"{url}?whose={whose}&state={state}{more}&cursor={page.next}" if page.next else None,
            "may_create": actor.may("tasks.create"),
        }
        if is_htmx(request) and request.headers.get("hx-target") == "tasks":
            return self.renderer.part(request, "crm/tasks/region.html", **values)
        return await self.renderer.page(
            request, "crm/tasks/list.html", heading=translate(_("Tasks")), **values
        )

    def _chips(
        self, url: str, late: bool, assignee: UUID | None, tasks: Sequence[TaskView]
    ) -> list[dict[str, str]]:
        """What narrows the list, each with the address without it."""
        found = []
        if late:
            without = f"{url}&assignee={assignee}" if assignee else url
            found.append({"label": translate(_("Overdue")), "without_url": without})
        if assignee:
            name = next((task.assignee for task in tasks if task.assignee), translate(_("One person")))
            found.append({"label": name, "without_url": f"{url}&overdue=1" if late else url})
        return found

    async def new(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        return await self._form(request, actor, None, None)

    async def _form(
        self, request: AnyRequest, actor: Actor, sent: Any, fault: Invalid | None
    ) -> Response[str]:
        controls = await task_controls(self.kernel, actor, sent, fault)
        return self.renderer.part(
            request,
            "crm/tasks/form.html",
            status=422 if fault else 200,
            controls=controls,
            save_url=f"{self.kernel.settings.prefix}/tasks",
        )

    async def create(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        sent = await request.form()
        try:
            await self.kernel.service("tasks").add(actor, draft_of(actor, sent))
        except Invalid as fault:
            return await self._form(request, actor, sent, fault)
        response = html("")
        told(response, translate(_("Task planned.")))
        trigger(response, {"crm:close-dialog": {}, "crm:tasks": {}})
        return response

    async def close(self, actor: CurrentActor, id: RecordId) -> Response[str]:
        await self.kernel.service("tasks").close(actor, id)
        response = html("")
        undo = {"label": translate(_("Undo")), "url": f"{self.kernel.settings.prefix}/tasks/{id}/reopen"}
        told(response, translate(_("Task done.")), undo=undo)
        trigger(response, {"crm:tasks": {}})
        return response

    async def reopen(self, actor: CurrentActor, id: RecordId) -> Response[str]:
        await self.kernel.service("tasks").reopen(actor, id)
        response = html("")
        told(response, translate(_("Task is open again.")))
        trigger(response, {"crm:tasks": {}})
        return response


async def task_controls(kernel: Kernel, actor: Actor, sent: Any, fault: Invalid | None) -> list[Control]:
    """The fields of a task, with what was typed."""
    errors = {one.field: translate(one.message) for one in fault.errors} if fault else {}
    typed = sent or {}
    assignee = str(typed.get("assignee_id", "") or actor.id)
    names = await kernel.service("organisation").names(actor, "staff", [UUID(assignee)])
    label = names.get(UUID(assignee), actor.name)
    return [
        Control(
            "title",
            translate(_("What is to be done")),
            "text",
            typed.get("title", ""),
            required=True,
            error=errors.get("title"),
            wide=True,
            extra={"maxlength": 200, "autofocus": True},
        ),
        Control(
            "due_at",
            translate(_("Due")),
            "datetime-local",
            typed.get("due_at", ""),
            error=errors.get("due_at"),
        ),
        Control(
            "assignee_id",
            translate(_("Who does it")),
            "combobox",
            assignee,
            [(assignee, label)],
            lookup_url=f"{kernel.settings.prefix}/lookup/staff",
            error=errors.get("assignee_id"),
        ),
        Control(
            "remark", translate(_("Remark")), "textarea", typed.get("remark", ""), error=errors.get("remark")
        ),
    ]


def draft_of(actor: Actor, sent: Any, entity: str | None = None, record_id: UUID | None = None) -> TaskDraft:
    """The task a form describes. Raises Invalid for a date or person that cannot be read."""
    return TaskDraft(
        title=str(sent.get("title", "")).strip(),
        remark=str(sent.get("remark", "")).strip(),
        due_at=_moment(actor, str(sent.get("due_at", ""))),
        assignee_id=_person(str(sent.get("assignee_id", ""))),
        entity=entity,
        record_id=record_id,
    )


def _moment(actor: Actor, raw: str) -> datetime | None:
    if not raw:
        return None
    try:
        return datetime.fromisoformat(raw).replace(tzinfo=ZoneInfo(actor.timezone))
    except ValueError as fault:
        raise Invalid([FieldError("due_at", "moment", _("This is not a time."))]) from fault


def _person(raw: str) -> UUID | None:
    if not raw:
        return None
    try:
        return UUID(raw)
    except ValueError as fault:
        raise Invalid([FieldError("assignee_id", "reference", _("There is no such person."))]) from fault


def due_words(task: Any) -> str:
    """When a task is due, in words."""
    return formats.relative(task.due_at) if task.due_at else ""
