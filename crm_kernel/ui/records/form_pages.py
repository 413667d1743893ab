"""The forms every entity has: blank, filled, saved, and what is like the record that is being entered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from crm_kernel.actor import Actor
from crm_kernel.errors import Conflict, Invalid, NotFound, Stale
from crm_kernel.i18n import translate
from crm_kernel.text import messages
from crm_kernel.ui.records.forms import RecordForm
from crm_kernel.ui.records.questions import Unanswered, kept, suspicions, with_answers
from crm_kernel.ui.records.room import EntityRoom
from crm_kernel.ui.records.verbs import version_of
from crm_kernel.ui.templating import go, is_htmx
from crm_kernel.web.parameters import CurrentActor, RecordId

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]


class FormPages(EntityRoom):
    """Adding and changing the records of one entity."""

    def handlers(self) -> list[Any]:
        """All routes, each with the right it needs."""
        return [
            get("/new", **self.needs("create"))(self.new),
            get("/leads", **self.needs("create"))(self.leads),
            post("/", **self.needs("create"))(self.create),
            post("/check", **self.needs("create"))(self.check),
            get("/{id:uuid}/edit", **self.needs("change"))(self.edit),
            post("/{id:uuid}", **self.needs("change"))(self.save),
        ]

    async def _new(self, actor: Actor) -> RecordForm:
        """A blank form; while somebody talks (there are leads), every choice is found by typing."""
        specs = await self.records.fields(actor, self.entity)
        typed = self.kernel.offers(f"{self.entity.name}.leads")
        return RecordForm(self.kernel, actor, self.entity, specs, typed=typed)

    async def new(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        form = await self._new(actor)
        given = {k: v for k, v in request.query_params.items() if k in {spec.name for spec in form.specs}}
        return await self._form_page(request, form, None, given or None, None)

    async def edit(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        form = RecordForm(self.kernel, actor, self.entity, await self.records.fields(actor, self.entity))
        record = await self.records.get(actor, self.entity, id, typed=True)
        return await self._form_page(request, form, record, None, None)

    async def create(self, request: AnyRequest, actor: CurrentActor) -> Response[Any]:
        form = await self._new(actor)
        sent = await request.form()
        try:
            values = form.read(sent, blank_means_none=False)
            values = await with_answers(self.kernel, actor, self.entity, values, sent)
            record = await self.records.create(actor, self.entity, values)
        except (Invalid, Conflict) as fault:
            return await self._form_page(request, form, None, sent, fault)
        text = translate(_("{entity} added.")(entity=translate(self.entity.label)))
        return go(request, f"{self.path}/{record.id}", {"level": "success", "text": text})

    async def save(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[Any]:
        form = RecordForm(self.kernel, actor, self.entity, await self.records.fields(actor, self.entity))
        sent = await request.form()
        try:
            changes = form.read(sent, blank_means_none=True)
            changes = await with_answers(self.kernel, actor, self.entity, changes, sent, id)
            await self.records.change(actor, self.entity, id, changes, version_of(sent))
        except (Invalid, Conflict, Stale) as fault:
            record = await self.records.get(actor, self.entity, id, typed=True)
            return await self._form_page(request, form, record, sent, fault)
        return go(request, f"{self.path}/{id}", {"level": "success", "text": translate(_("Saved."))})

    async def _form_page(
        self, request: AnyRequest, form: RecordForm, record: Any, typed: Mapping[str, Any] | None, fault: Any
    ) -> Response[str]:
        invalid = fault if isinstance(fault, Invalid) else None
        groups = await form.groups(record, typed, invalid)
        url = f"{self.path}/{record.id}" if record else self.path
        draft = f"{self.entity.name}:{record.id if record else 'new'}"
        label = translate(self.entity.label)
        heading = _("Edit {entity}") if record else _("Add {entity}")
        values: dict[str, Any] = {
            "heading": translate(heading(entity=label)),
            "back_url": url,
            "groups": groups,
            "save_url": url,
            "cancel_url": url,
            "version": record.version if record else None,
            "draft": draft,
            "presence_url": f"{url}/presence?editing=1" if record else None,
            "invalid": invalid is not None,
            "fault": translate(fault.message) if fault is not None else None,
            "open": getattr(fault, "open", ()),
            "questions": fault.asked.shown(self.path) if isinstance(fault, Unanswered) else (),
            "answers": () if isinstance(fault, Unanswered) else kept(typed),
            "stale": self._stale_rows(form, fault) if isinstance(fault, Stale) else None,
            "lead": self._lead() if record is None else None,
            "check_url": f"{self.path}/check" + (f"?but={record.id}" if record else "")
            if self.kernel.offers(f"{self.entity.name}.duplicates")
            else None,
        }
        if is_htmx(request) and request.method == "POST":
            status = 422 if invalid else 409 if fault else 200
            return self.renderer.part(request, "crm/records/form_region.html", status=status, **values)
        status = 422 if invalid else 409 if fault else 200
        return await self.renderer.page(request, "crm/records/form.html", status=status, **values)

    def _lead(self) -> dict[str, Any] | None:
        """The field that finds whom a new record is about, where somebody can find them."""
        service = f"{self.entity.name}.leads"
        if not self.kernel.offers(service):
            return None
        return {"prompt": translate(self.kernel.service(service).prompt), "url": f"{self.path}/leads"}

    async def leads(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        """Whom the record that is being typed may be about."""
        service, q = f"{self.entity.name}.leads", request.query_params.get("q", "").strip()[:60]
        if not self.kernel.offers(service):
            raise NotFound()
        found = await self.kernel.service(service).leads(actor, q) if q else []
        rows = [
            {
                "title": translate(one.title),
                "detail": one.detail,
                "badge": one.badge,
                "business": [(translate(label), self.url(path)) for label, path in one.business],
                "fill": {name: list(pair) for name, pair in one.fill.items()},
            }
            for one in found
        ]
        return self.renderer.part(request, "crm/records/leads.html", leads=rows, asked=len(q) > 3)

    def _stale_rows(self, form: RecordForm, fault: Stale) -> list[dict[str, Any]]:
        labels = {spec.name: translate(spec.label) for spec in form.specs}
        names = [name for name in labels if fault.yours.get(name) != fault.theirs.get(name)]
        return [
            {"label": labels[n], "yours": fault.yours.get(n) or "—", "theirs": fault.theirs.get(n) or "—"}
            for n in names
        ]

    async def check(self, request: AnyRequest, actor: CurrentActor) -> Response[str]:
        """Possible duplicates of what is being typed."""
        form = RecordForm(self.kernel, actor, self.entity, await self.records.fields(actor, self.entity))
        values = form.read(await request.form(), blank_means_none=False)
        edited = request.query_params.get("but")
        found = await suspicions(self.kernel, actor, self.entity, values, _id_or_none(edited))
        rows = [
            {
                "url": f"{self.path}/{one.id}" if one.id else None,
                "label": translate(one.label),
                "reason": translate(one.reason),
                "detail": one.detail,
                "join_url": self.url(join) if (join := getattr(one, "join", "")) else None,
            }
            for one in found
        ]
        return self.renderer.part(request, "crm/records/duplicates.html", found=rows)


def _id_or_none(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
