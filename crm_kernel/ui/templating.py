"""Templates: one environment for the kernel's and every module's, and what every page gets."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, TemplateError
from litestar import Request, Response
from litestar.response import Redirect
from markupsafe import Markup

from crm_kernel.actor import Actor
from crm_kernel.i18n import current_locale, templates
from crm_kernel.kernel import Kernel
from crm_kernel.ui.assets import Assets
from crm_kernel.ui.cards import BoardCards
from crm_kernel.ui.compiled import CompiledTemplates
from crm_kernel.ui.constants import Constants
from crm_kernel.ui.menu import fill_badges, menu_groups, new_items, palette_icons
from crm_kernel.ui.rows import Rows
from crm_kernel.web.csrf import cookie, csrf_token
from crm_kernel.web.headers import nonce

TEMPLATES = Path(__file__).parent / "templates"
THEMES = frozenset({"light", "dark", "auto"})

AnyRequest = Request[Any, Any, Any]


class Renderer:
    """Draws templates for a request; modules' pages get it from the service `pages`."""

    public = True

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        found = {p.name: _folder(p.module) for p in kernel.plugins.running if not p.builtin}
        self._folders = {name: folder for name, folder in found.items() if folder is not None}
        static = {name: folder / "static" / name for name, folder in self._folders.items()}
        brought = {name: folder for name, folder in static.items() if folder.is_dir()}
        self.assets = Assets(kernel.settings.prefix, modules=brought)
        self.environment = self._environment()
        self.constant = Constants(self.environment)
        self.environment.globals["constant"] = self.constant
        # How a host wants our pages to look: crm_embedded.look is one such part.
        self._look: Any = kernel.service("look") if kernel.offers("look") else None
        self._check_modules()

    def _environment(self) -> Environment:
        folders = [TEMPLATES, *(folder / "templates" for folder in self._folders.values())]
        environment = Environment(
            loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders if folder.is_dir()]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=1000,
            bytecode_cache=CompiledTemplates(self._kernel.settings.home / "compiled"),
        )
        templates.install(environment)
        environment.globals |= {
            "asset": self.assets.url,
            "icon": self.assets.icon,
            "url": self.url,
            "table_rows": Rows(self.assets),
            "board_cards": BoardCards(self.assets),
            "palette_icons": palette_icons(self._kernel),
        }
        return environment

    def _check_modules(self) -> None:
        """A module whose templates cannot be read is found now, not when somebody opens a page."""
        for name, folder in self._folders.items():
            for file in sorted((folder / "templates").rglob("*.html")):
                template = file.relative_to(folder / "templates").as_posix()
                try:
                    self.environment.get_template(template)
                except TemplateError as fault:
                    self._kernel.quarantine(name, f"{template}: {type(fault).__name__}: {fault}")
                    break

    def url(self, path: str) -> str:
        """A path of ours under the public prefix."""
        return self._kernel.settings.prefix + path

    def fragment(self, request: AnyRequest, template: str, **values: Any) -> Markup:
        """A part of a page."""
        known = {**self._frame(request), **values}
        return Markup(self.environment.get_template(template).render(known))  # noqa: S704 - autoescaped

    async def page(
        self, request: AnyRequest, template: str, *, status: int = 200, **values: Any
    ) -> Response[str]:
        """A whole page in the shell; to htmx, whatever the template gives."""
        shell = await self._shell(request) if isinstance(request.scope.get("user"), Actor) else {}
        known = {**self._frame(request), **shell, **values}
        if shell and self._look is not None and self._look.frame is not None:
            await fill_badges(self._kernel, request.scope["user"], known["menu"])
            text = self._in_frame(request, template, known)
        else:
            text = self.environment.get_template(template).render(known)
        response = html(text, status=status)
        if request.scope["state"].get("flash_shown"):
            response.delete_cookie("crm_flash", path=self.url("") or "/")
        return response

    def _in_frame(self, request: AnyRequest, template: str, values: dict[str, Any]) -> str:
        """A page with the host's frame around it instead of ours."""
        # Nobody can write this mark into a record: the nonce is new with every answer.
        mark = Markup(f"<!--{values['csp_nonce']}-->")  # noqa: S704 - made here
        framing = {"layout": "crm/framed.html", "chrome": False, "frame_mark": mark}
        text = self.environment.get_template(template).render({**values, **framing})
        head, _mark, body = text.partition(mark)
        return str(
            self._look.draw(
                title=str(values.get("heading", "")),
                head=Markup(head),  # noqa: S704 - autoescaped
                body=Markup(body),  # noqa: S704 - autoescaped
                menu=values["menu"],
                actor=request.scope["user"],
                nonce=values["csp_nonce"],
                scope=request.scope,
            )
        )

    def part(self, request: AnyRequest, template: str, *, status: int = 200, **values: Any) -> Response[str]:
        """A part of a page as an answer of its own."""
        return html(str(self.fragment(request, template, **values)), status=status)

    def _frame(self, request: AnyRequest) -> dict[str, Any]:
        """What every template gets; worked out once for a request."""
        state = request.scope["state"]
        found: dict[str, Any] | None = state.get("page_frame")
        if found is None:
            found = state["page_frame"] = self._new_frame(request)
        return found

    def _new_frame(self, request: AnyRequest) -> dict[str, Any]:
        actor = request.scope.get("user")
        theme = cookie(request.scope, "crm_theme")
        signed_in = actor if isinstance(actor, Actor) else None
        return {
            "lang": current_locale(),
            "theme": theme if theme in THEMES else "auto",
            "sidebar": "folded" if cookie(request.scope, "crm_sidebar") == "folded" else "open",
            "csp_nonce": nonce(request.scope),
            "csrf_token": csrf_token(self._kernel.keys, request.scope, signed_in),
            "request_id": request.scope["state"].get("request_id", "-"),
            "actor": signed_in,
            "kernel": self._kernel,
            "login_url": self._kernel.settings.login_url or self.url("/login"),
            "flashes": _flashes(request),
            "brand_name": self._look.brand if self._look is not None else "Forecourt",
            "look_style": Markup(self._look.style()) if self._look is not None else "",  # noqa: S704 - checked there
        }

    async def _shell(self, request: AnyRequest) -> dict[str, Any]:
        actor: Actor = request.scope["user"]
        path = request.scope["path"].removeprefix(self._kernel.settings.prefix) or "/"
        menu = menu_groups(self._kernel, actor, path)
        counted = any(link.badge is not None for group in menu for link in group.items)
        return {
            "actor": Person(actor, await self._dealership_name(actor)),
            "menu": menu,
            "badges_url": self.url("/menu-badges") if counted else None,
            "new_items": new_items(self._kernel, actor),
            "notifications_url": self.url("/notifications") if self._kernel.offers("notifications") else None,
            "notifications_count": await self._unread(actor),
            "profile_items": profile_items(self._kernel, actor),
            "logout_url": self.url("/logout") if self._signs_out(actor) else None,
            "dealership_url": self.url("/dealership-choice") if actor.via == "session" else None,
        }

    def _signs_out(self, actor: Actor) -> bool:
        """Whether there is a door out: adapters that let people in elsewhere say so with `sign_out`."""
        return actor.via == "session" or (actor.via == "host" and self._kernel.offers("sign_out"))

    async def _dealership_name(self, actor: Actor) -> str:
        if actor.place.dealership_id is None:
            return ""
        shop = (await self._kernel.access.policy()).shops.get(actor.place.dealership_id)
        return shop.name if shop else ""

    async def _unread(self, actor: Actor) -> int:
        if not self._kernel.offers("notifications"):
            return 0
        return int(await self._kernel.service("notifications").unread(actor))


class Person:
    """The actor as the shell shows him."""

    def __init__(self, actor: Actor, dealership_name: str) -> None:
        self.id = actor.id
        self.name = actor.name
        self.dealership_name = dealership_name
        self.may = actor.may


def profile_items(kernel: Kernel, actor: Actor) -> list[dict[str, str]]:
    """Entries of the profile menu: adapters put theirs in by offering the service `profile_menu`."""
    if not kernel.offers("profile_menu"):
        return []
    found: list[dict[str, str]] = kernel.service("profile_menu").items(actor)
    return found


def html(text: str, *, status: int = 200) -> Response[str]:
    """An HTML answer."""
    return Response(text, media_type="text/html", status_code=status)


def is_htmx(request: AnyRequest) -> bool:
    """Whether a script on the page asks for a part of it."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true"


def told(
    response: Response[Any], text: str, level: str = "success", undo: Mapping[str, str] | None = None
) -> None:
    """Let the page show a passing message; `undo` is {label, url}."""
    toast = {"level": level, "text": text, **({"undo": dict(undo)} if undo else {})}
    trigger(response, {"crm:toast": toast})


def trigger(response: Response[Any], events: Mapping[str, Any]) -> None:
    """Add events for the page's scripts."""
    known = msgspec.json.decode(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = _ascii({**known, **events})


def _ascii(value: Any) -> str:
    import json

    return json.dumps(value)


def go(request: AnyRequest, url: str, toast: Mapping[str, Any] | None = None) -> Response[Any]:
    """Go to a page of ours: a redirect, or htmx's own kind; a toast waits there."""
    response: Response[Any]
    if is_htmx(request):
        response = Response("", media_type="text/html", headers={"HX-Redirect": url})
    else:
        response = Redirect(url, status_code=303)
    if toast:
        import json
        from urllib.parse import quote

        response.set_cookie(
            key="crm_flash",
            value=quote(json.dumps(toast)),
            path=request.app.state["kernel"].settings.prefix or "/",
            max_age=30,
            httponly=True,
            samesite="lax",
        )
    return response


def _flashes(request: AnyRequest) -> list[Any]:
    from urllib.parse import unquote

    raw = cookie(request.scope, "crm_flash")
    if not raw or is_htmx(request):
        return []
    try:
        found = msgspec.json.decode(unquote(raw))
    except msgspec.DecodeError:
        return []
    request.scope["state"]["flash_shown"] = True
    return [found] if isinstance(found, dict) else []


def _folder(module: Any) -> Path | None:
    """The folder of a module's import package, where its templates, static files and catalogues lie."""
    name = getattr(module, "__name__", "")
    package = name.rpartition(".")[0] or name
    try:
        spec = find_spec(package) if package else None
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))
