"""The project's own files, as these tests see them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
GENERATED = ("requirements.lock", "frontend/package-lock.json", "LICENSE")


@cache
def project_files() -> tuple[str, ...]:
    """Every file git tracks or would track, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout.decode()
    return tuple(sorted(name for name in listed.split("\0") if name and (ROOT / name).is_file()))


def text_files() -> Iterator[tuple[str, str]]:
    """(path, text) of every file people write; pictures and lock files are left out."""
    for name in project_files():
        if name in GENERATED:
            continue
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def shipped_modules() -> Iterator[tuple[str, Path]]:
    """(dotted name, path) of every module that goes into a wheel."""
    for package in packages():
        for path in sorted(package.rglob("*.py")):
            if "node_modules" not in path.parts:
                yield ".".join(path.relative_to(package.parent).with_suffix("").parts), path


def packages() -> list[Path]:
    """The import packages of all distributions."""
    return [
        ROOT / "crm_kernel",
        *sorted(ROOT.glob("plugins/*/crm_*")),
        *sorted(ROOT.glob("adapters/*/crm_*")),
    ]


def members() -> list[Path]:
    """The folders that hold one distribution each."""
    return [ROOT, *sorted(path.parent for path in ROOT.glob("[pa]*/*/pyproject.toml"))]


def imports(path: Path) -> Iterator[str]:
    """Dotted names a module imports at run time, inside functions too, but not under TYPE_CHECKING."""
    yield from _imports(ast.parse(path.read_text(encoding="utf-8")))


def _imports(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield from _imports(other)
        elif isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.level == 0 and child.module:
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        else:
            yield from _imports(child)


def code_lines(path: Path) -> int:
    """How many lines of a file are code: blank lines, comments and docstrings left out."""
    text = path.read_text(encoding="utf-8")
    said: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            said.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return sum(
        1
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.lstrip().startswith("#") and number not in said
    )
