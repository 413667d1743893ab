"""What groups of page handlers share."""

from __future__ import annotations

from typing import Any, Self

from litestar import Request, Response

from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.text import Text
from crm_kernel.ui.sheet import Sheet
from crm_kernel.ui.templating import Renderer, go

AnyRequest = Request[Any, Any, Any]


class PageRoom:
    """Handlers that belong together, with the kernel and the renderer at hand."""

    def __init__(self, kernel: Kernel, renderer: Renderer) -> None:
        self.kernel = kernel
        self.renderer = renderer

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        """The framework copies its handlers; the room behind their methods is one and stays one."""
        return self

    def url(self, path: str) -> str:
        """A path of ours under the public prefix."""
        return self.kernel.settings.prefix + path

    def dialog(
        self,
        request: AnyRequest,
        title: Text | str,
        sheet: Sheet,
        save_path: str,
        *,
        save_label: Text | None = None,
        text: Text | str | None = None,
    ) -> Response[str]:
        """The sheet as a dialog."""
        return self.renderer.part(
            request,
            "crm/sheet.html",
            status=sheet.status,
            title=translate(title),
            controls=sheet.controls,
            fault=sheet.message,
            text=translate(text) if text is not None else None,
            save_url=self.url(save_path),
            save_label=translate(save_label) if save_label is not None else None,
        )

    def done(self, request: AnyRequest, path: str, text: Text) -> Response[Any]:
        """On to a page, where the passing message waits."""
        return go(request, self.url(path), {"level": "success", "text": translate(text)})
