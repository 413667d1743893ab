"""`/<plural>/{id}/tasks`, `/tasks`, `/tasks/{id}` and its verbs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import delete, get, patch, post

from crm_kernel.contributions import Entity
from crm_kernel.errors import Invalid
from crm_kernel.kernel import Kernel
from crm_kernel.records.tasks.view import TaskChange, TaskDraft, TaskView
from crm_kernel.text import messages
from crm_kernel.web import answers
from crm_kernel.web.answers import JsonAnswer
from crm_kernel.web.extras import documents as doc
from crm_kernel.web.extras.bodies import AnyRequest, body, id_of, switch_of
from crm_kernel.web.records.operations import TEXT, query

_ = messages("kernel")

STATE = query("state", TEXT, "open, done or cancelled")


class Remark(msgspec.Struct, forbid_unknown_fields=True):
    """What is said when a task is closed."""

    remark: str | None = None


def entity_tasks(kernel: Kernel, entity: Entity) -> list[Any]:
    """Tasks about the records of an entity."""

    @get(
        "/{id:uuid}/tasks",
        operation_id=f"{entity.name}_tasks",
        summary=f"{entity.label}: tasks",
        operation_class=doc.listing([STATE, doc.CURSOR, doc.LIMIT], of_one=True),
        opt={"permission": "tasks.view"},
    )
    async def listed(request: AnyRequest) -> JsonAnswer:
        asked = dict(answers.parameters(request.scope))
        page = await kernel.service("tasks").of_record(
            request.user,
            entity,
            id_of(request),
            state=asked.get("state", "open"),
            cursor=asked.get("cursor"),
            limit=answers.limit_of(asked),
        )
        return JsonAnswer(answers.encode(page))

    @post(
        "/{id:uuid}/tasks",
        status_code=201,
        operation_id=f"{entity.name}_tasks_add",
        summary=f"{entity.label}: give a task",
        operation_class=doc.writing(201),
        opt={"permission": "tasks.create"},
    )
    async def add(request: AnyRequest) -> JsonAnswer:
        draft = await body(request, TaskDraft)
        about = msgspec.structs.replace(draft, entity=entity.name, record_id=id_of(request))
        return _made(kernel, await kernel.service("tasks").add(request.user, about))

    return [listed, add]


def _made(kernel: Kernel, task: TaskView) -> JsonAnswer:
    location = f"{kernel.settings.prefix}/api/v1/tasks/{task.id}".encode()
    return JsonAnswer(answers.encode(task), 201, [(b"location", location), answers.etag(task.version)])


def _shown(task: TaskView) -> JsonAnswer:
    return JsonAnswer(answers.encode(task), 200, [answers.etag(task.version)])


def _moment(asked: dict[str, str], name: str) -> datetime | None:
    given = asked.get(name)
    if not given:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as fault:
        raise Invalid.one(name, "moment", _("This value cannot be read.")) from fault
    if moment.tzinfo is None:
        raise Invalid.one(name, "moment", _("Say in which time zone."))
    return moment


def task_handlers(kernel: Kernel) -> list[Any]:
    """Lists of tasks, and a task by its own id."""

    @get(
        "/tasks",
        operation_id="tasks",
        summary="Tasks: mine, my team's, those I gave, or all",
        operation_class=doc.listing(
            [
                query("list", TEXT, "mine, team, given or all"),
                STATE,
                query("overdue", doc.SWITCH),
                query("due_before", doc.MOMENT),
                doc.CURSOR,
                doc.LIMIT,
            ]
        ),
        opt={"permission": "tasks.view"},
        tags=["tasks"],
    )
    async def listed(request: AnyRequest) -> JsonAnswer:
        asked = dict(answers.parameters(request.scope))
        page = await kernel.service("tasks").list(
            request.user,
            asked.get("list", "mine"),
            state=asked.get("state", "open"),
            overdue=switch_of(asked, "overdue"),
            due_before=_moment(asked, "due_before"),
            cursor=asked.get("cursor"),
            limit=answers.limit_of(asked),
        )
        return JsonAnswer(answers.encode(page))

    @get(
        "/tasks/counts",
        operation_id="tasks_counts",
        summary="How many open tasks one has",
        operation_class=doc.reading(of_one=False),
        opt={"permission": "tasks.view"},
        tags=["tasks"],
    )
    async def counts(request: AnyRequest) -> JsonAnswer:
        return JsonAnswer(answers.encode(await kernel.service("tasks").counts(request.user)))

    @post(
        "/tasks",
        status_code=201,
        operation_id="tasks_add",
        summary="Give a task",
        operation_class=doc.writing(201, of_one=False),
        opt={"permission": "tasks.create"},
        tags=["tasks"],
    )
    async def add(request: AnyRequest) -> JsonAnswer:
        draft = await body(request, TaskDraft)
        return _made(kernel, await kernel.service("tasks").add(request.user, draft))

    @get(
        "/tasks/{id:uuid}",
        operation_id="task",
        summary="A task",
        operation_class=doc.reading(),
        opt={"permission": "tasks.view"},
        tags=["tasks"],
    )
    async def one(request: AnyRequest) -> JsonAnswer:
        return _shown(await kernel.service("tasks").get(request.user, id_of(request)))

    @patch(
        "/tasks/{id:uuid}",
        operation_id="task_change",
        summary="Alter a task or give it to somebody else",
        operation_class=doc.writing(200, versioned=True),
        opt={"permission": "tasks.change"},
        tags=["tasks"],
    )
    async def change(request: AnyRequest) -> JsonAnswer:
        version = answers.seen_version(request.scope)
        wanted = await body(request, TaskChange)
        return _shown(await kernel.service("tasks").change(request.user, id_of(request), wanted, version))

    @delete(
        "/tasks/{id:uuid}",
        status_code=204,
        operation_id="task_delete",
        summary="Take a task away",
        operation_class=doc.writing(204, versioned=True, body=False),
        opt={"permission": "tasks.delete"},
        tags=["tasks"],
    )
    async def remove(request: AnyRequest) -> None:
        version = answers.seen_version(request.scope)
        reason = dict(answers.parameters(request.scope)).get("reason", "")
        await kernel.service("tasks").delete(request.user, id_of(request), reason, version)

    def closing(verb: str, state: str) -> Any:
        @post(
            f"/tasks/{{id:uuid}}/{verb}",
            status_code=200,
            operation_id=f"task_{verb}",
            summary=f"Mark a task as {state}",
            operation_class=doc.writing(200),
            opt={"permission": "tasks.change"},
            tags=["tasks"],
        )
        async def close(request: AnyRequest) -> JsonAnswer:
            said = await body(request, Remark)
            task = await kernel.service("tasks").close(request.user, id_of(request), state, said.remark)
            return _shown(task)

        return close

    @post(
        "/tasks/{id:uuid}/reopen",
        status_code=200,
        operation_id="task_reopen",
        summary="Open a closed task again",
        operation_class=doc.writing(200, body=False),
        opt={"permission": "tasks.change"},
        tags=["tasks"],
    )
    async def reopen(request: AnyRequest) -> JsonAnswer:
        return _shown(await kernel.service("tasks").reopen(request.user, id_of(request)))

    done, cancel = closing("done", "done"), closing("cancel", "cancelled")
    return [listed, counts, add, one, change, remove, done, cancel, reopen]
