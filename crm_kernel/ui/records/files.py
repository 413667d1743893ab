"""Files of a record: a tab of its page with upload, download and taking away."""

from __future__ import annotations

from typing import Any, BinaryIO, cast
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile

from crm_kernel.actor import Actor
from crm_kernel.errors import CrmError, Invalid
from crm_kernel.i18n import formats, translate
from crm_kernel.records.attachments.service import Attachments
from crm_kernel.text import messages
from crm_kernel.ui.records.room import EntityRoom
from crm_kernel.ui.templating import told, trigger
from crm_kernel.web.extras.files import FileAnswer
from crm_kernel.web.parameters import CurrentActor, RecordId

_ = messages("kernel")
AnyRequest = Request[Any, Any, Any]
FORM_BYTES = 1 << 20
"""Room for what surrounds a file in a form."""
KILO = 1024
ICONS = {"image": "photo", "audio": "microphone", "video": "video", "application/pdf": "file-type-pdf"}


class RecordFiles(EntityRoom):
    """Attachments of one entity's records."""

    def handlers(self) -> list[Any]:
        """All routes; none where attachments are not kept."""
        if not self.kernel.offers("attachments"):
            return []
        view, change = self.needs("view"), self.needs("change")
        most = self.files.limit + FORM_BYTES
        return [
            get("/{id:uuid}/files", **view)(self.list_part),
            post("/{id:uuid}/files", **change, request_max_body_size=most)(self.upload),
            get("/{id:uuid}/files/{file:uuid}", **view)(self.download),
            post("/{id:uuid}/files/{file:uuid}/delete", **change)(self.delete),
        ]

    @property
    def files(self) -> Attachments:
        """The service."""
        found: Attachments = self.kernel.service("attachments")
        return found

    async def list_part(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        return await self._list(request, actor, id, None)

    async def _list(
        self, request: AnyRequest, actor: Actor, id: UUID, fault: CrmError | None
    ) -> Response[str]:
        url = f"{self.path}/{id}/files"
        lines = [
            {
                "url": f"{url}/{one.id}",
                "name": one.name,
                "size": _size(one.size),
                "icon": ICONS.get(one.media_type) or ICONS.get(one.media_type.partition("/")[0], "file-text"),
                "who": one.author or "",
                "at": one.created_at.isoformat(),
                "when": formats.relative(one.created_at),
            }
            for one in await self.files.list(actor, self.entity, id)
        ]
        return self.renderer.part(
            request,
            "crm/records/files.html",
            status=422 if fault else 200,
            files=lines,
            files_url=url,
            may_change=actor.may(self.entity.permission("change")),
            most=_size(self.files.limit),
            fault=_words(fault) if fault else None,
        )

    async def upload(self, request: AnyRequest, actor: CurrentActor, id: RecordId) -> Response[str]:
        file = (await request.form()).get("file")
        try:
            if not isinstance(file, UploadFile) or not file.filename:
                raise Invalid.one("file", "required", _("Choose a file."))
            await self.files.upload(actor, self.entity, id, file.filename, cast("BinaryIO", file.file))
        except CrmError as fault:
            return await self._list(request, actor, id, fault)
        response = await self._list(request, actor, id, None)
        told(response, translate(_("File added.")))
        trigger(response, {"crm:timeline": {}})
        return response

    async def download(
        self, request: AnyRequest, actor: CurrentActor, id: RecordId, file: RecordId
    ) -> FileAnswer:
        found = await self.files.download(actor, self.entity, id, file)
        return await FileAnswer.of(found.name, found.media_type, found.chunks, found.size)

    async def delete(
        self, request: AnyRequest, actor: CurrentActor, id: RecordId, file: RecordId
    ) -> Response[str]:
        await self.files.delete(actor, self.entity, id, file)
        response = await self._list(request, actor, id, None)
        told(response, translate(_("File taken away.")))
        trigger(response, {"crm:timeline": {}})
        return response


def _words(fault: CrmError) -> str:
    return translate(fault.errors[0].message if isinstance(fault, Invalid) else fault.message)


def _size(count: int) -> str:
    if count < KILO:
        return f"{formats.number(count)} B"
    if count < KILO**2:
        return f"{formats.number(count // KILO)} KB"
    return f"{formats.number(round(count / KILO**2, 1))} MB"
