"""Finds every wording that is marked for translation, by domain."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2.ext import babel_extract

MARK = "messages"
TEMPLATES = (".html", ".txt", ".xml", ".jinja")
Msgid = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Domain:
    """A catalogue: where it lies and what it must translate (plural forms come as pairs)."""

    name: str
    folder: Path
    msgids: frozenset[Msgid]

    def file(self, locale: str) -> Path:
        """The catalogue of a language."""
        return self.folder / locale / "LC_MESSAGES" / f"{self.name}.po"


def domains(packages: Iterable[Path]) -> list[Domain]:
    """Every domain of some import packages with its wordings, sorted by name.

    Templates belong to the domain that their folder under `templates/` is called by, as when they are drawn.
    """
    found: dict[tuple[str, Path], set[Msgid]] = defaultdict(set)
    for package in packages:
        own = default_domain(package)
        pages: list[Path] = []
        for file in sorted(package.rglob("*")):
            if {"node_modules", "dist", "__pycache__"} & set(file.relative_to(package).parts):
                continue
            if file.suffix == ".py":
                domain, wordings = python_wordings(file)
                found[domain or own, package / "locale"].update(wordings)
            elif file.suffix in TEMPLATES and "templates" in file.parts:
                pages.append(file)
        for file in pages:
            folder = file.parts[file.parts.index("templates") + 1]
            domain = folder if (folder, package / "locale") in found else own
            found[domain, package / "locale"].update(template_wordings(file))
    return [
        Domain(name, folder, frozenset(wordings))
        for (name, folder), wordings in sorted(found.items())
        if wordings
    ]


def default_domain(package: Path) -> str:
    """`kernel` for the kernel, else the package's name without `crm_`."""
    return package.name.removeprefix("crm_")


def python_wordings(file: Path) -> tuple[str | None, set[Msgid]]:
    """The domain a module names with `_ = messages("…")`, and what it marks.

    Marks are `_("…")` and `translate_plural("…", "…", …)`. Raises ValueError for a mark that is no plain
    string: nobody could translate it.
    """
    domain: str | None = None
    wordings: set[Msgid] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id == MARK and node.args:
            domain = plain(node.args[0], file)
        elif node.func.id == "_" and node.args:
            wordings.add(plain(node.args[0], file))
        elif node.func.id == "translate_plural" and len(node.args) > 1:
            wordings.add((plain(node.args[0], file), plain(node.args[1], file)))
    return domain, wordings


def plain(node: ast.expr, file: Path) -> str:
    """A literal's text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise ValueError(f"{file.name}:{node.lineno}: only a plain string can be translated")


def template_wordings(file: Path) -> Iterator[Msgid]:
    """What a template marks with `_()`, `ngettext()` or `{% trans %}`."""
    options = {"silent": "false", "newstyle_gettext": "true"}
    with file.open("rb") as source:
        marked: Iterable[Any] = babel_extract(source, ("_", "gettext", "ngettext"), [], options)
        for _line, function, message, _comments in marked:
            if function == "ngettext":
                yield message[0], message[1]
            else:
                yield message if isinstance(message, str) else message[0]


PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


def places(wording: str) -> set[str]:
    """Names of the places a wording leaves for values."""
    return {one or other for one, other in PLACE.findall(wording)}
