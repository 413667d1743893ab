"""Scripts, styles and icons: as the front-end build left them, and what modules bring in their packages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from markupsafe import Markup

from crm_kernel.ui.static import static_route

DIST = Path(__file__).parent / "dist"
ICON = (
    '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
    'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>'
)


class Assets:
    """Names to hashed addresses under the prefix; a development build is noticed by its manifest's time.

    `modules` gives the folders of modules by name: what lies in `static/<module>/` of a module's package is
    served as `/static/<module>/...` and named `asset("<module>/board.js")`.
    """

    def __init__(self, prefix: str, dist: Path = DIST, modules: Mapping[str, Path] | None = None) -> None:
        self._prefix = prefix
        self._dist = dist
        self._modules = dict(modules or {})
        self._versions: dict[str, str] = {}
        self._read_at = 0.0
        self._names: dict[str, str] = {}
        self._drawn: dict[str, Markup] = {}

    @property
    def present(self) -> bool:
        """Whether the front end was built at all."""
        return (self._dist / "manifest.json").is_file()

    def url(self, name: str) -> str:
        """The address of `app.js`, or of a module's file; the plain name when there is no such file."""
        module, _slash, file = name.partition("/")
        if file and module in self._modules:
            return f"{self._prefix}/static/{name}{self._version(name, self._modules[module] / file)}"
        manifest = self._dist / "manifest.json"
        if manifest.is_file() and (changed := manifest.stat().st_mtime) != self._read_at:
            self._names, self._read_at = json.loads(manifest.read_text("utf-8")), changed
        return f"{self._prefix}/static/{self._names.get(name, name)}"

    def _version(self, name: str, file: Path) -> str:
        """What makes the address of a module's file another one when its content is."""
        if name not in self._versions:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else ""
            self._versions[name] = f"?v={digest}" if digest else ""
        return self._versions[name]

    @cached_property
    def _icons(self) -> dict[str, str]:
        file = self._dist / "icons.json"
        found: dict[str, str] = json.loads(file.read_text("utf-8")) if file.is_file() else {}
        return found

    def icon(self, name: str) -> Markup:
        """An outline icon as inline SVG; an unknown name gives a plain circle."""
        found = self._drawn.get(name)
        if found is None:
            inner = self._icons.get(name) or self._icons.get("circle") or '<circle cx="12" cy="12" r="8"/>'
            found = self._drawn[name] = Markup(ICON.format(inner))  # noqa: S704 - our own build's file
        return found

    def route(self) -> Any:
        """Serves the files, cached for a year: their addresses change with their content."""
        return static_route(self._dist, self._modules)
