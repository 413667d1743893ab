"""Panels of other modules in a slot: who gets them, and that a bad one is a card with a note, no more."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from litestar import Request, Response
from markupsafe import Markup

from crm_kernel.actor import Actor
from crm_kernel.contributions import Panel
from crm_kernel.errors import NotFound
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.ui.templating import Renderer

log = logging.getLogger("crm.panels")

PANEL_SECONDS = 3.0


def panels_of(kernel: Kernel, actor: Actor, slot: str) -> list[Panel]:
    """The panels this person gets in a slot, in their order."""
    found = [
        panel
        for plugin, panel in kernel.registry.owned(Panel)
        if panel.slot == slot and actor.may(panel.permission) and plugin not in actor.grants.modules_off
    ]
    return sorted(found, key=lambda panel: panel.order)


def panel_links(kernel: Kernel, actor: Actor, slot: str, path: str) -> list[dict[str, str]]:
    """Where each panel of a slot is fetched from, for a page below `path`."""
    return [
        {"name": one.name, "label": translate(one.label), "url": f"{path}/panels/{one.name}"}
        for one in panels_of(kernel, actor, slot)
    ]


async def show_panel(
    kernel: Kernel,
    renderer: Renderer,
    request: Request[Any, Any, Any],
    actor: Actor,
    slot: str,
    name: str,
    subject: Any,
) -> Response[str]:
    """One panel of a slot as an answer of its own. Raises NotFound for one this person does not get."""
    panel = next((one for one in panels_of(kernel, actor, slot) if one.name == name), None)
    if panel is None:
        raise NotFound()
    body, count = await _body(kernel, renderer, request, actor, panel, subject)
    return renderer.part(
        request,
        "crm/records/panel.html",
        label=translate(panel.label),
        panel_name=name.replace(".", "-"),
        body=body,
        count=count,
    )


async def _body(
    kernel: Kernel,
    renderer: Renderer,
    request: Request[Any, Any, Any],
    actor: Actor,
    panel: Panel,
    subject: Any,
) -> tuple[Markup | None, int | None]:
    """What the panel shows: None when it fails or dawdles, empty when it has nothing to say."""
    try:
        content = await asyncio.wait_for(panel.render(kernel, actor, subject), PANEL_SECONDS)
        if not content.template:
            return Markup(), None
        body = renderer.fragment(request, content.template, subject=subject, **content.values)
    except Exception:
        log.exception("panel failed", extra={"panel": panel.name, "slot": panel.slot})
        return None, None
    return body, content.count
