"""Import rules that need more than a list of modules."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, code_lines, imports, shipped_modules

PURE = ("hookspecs", "contributions", "contracts", "errors", "actor", "text", "deprecation")
CORE = (
    *PURE,
    *(
        "plugins",
        "registry",
        "resolution",
        "kernel",
        "container",
        "settings",
        "clock",
        "deadline",
        "access",
        "dal",
        "events",
    ),
)
EDGES = {"pages", "routes", "panels", "jobs", "schemas"}
CORE_LINES = 5_370
"""Lines of code: see the decision record on the core's size."""


def kernel_modules(*names: str) -> list[tuple[str, Path]]:
    return [
        (name, path)
        for name, path in shipped_modules()
        if name.split(".")[:2][-1] in names and is_kernel(name)
    ]


def is_kernel(name: str) -> bool:
    return name.startswith("crm_kernel.")


@pytest.mark.parametrize(
    ("name", "path"), kernel_modules(*PURE), ids=lambda value: str(value).rsplit("/", 1)[-1]
)
def test_what_strangers_import_needs_the_standard_library_only(name, path) -> None:
    allowed = {*sys.stdlib_module_names, "pluggy"}
    pure = {f"crm_kernel.{room}" for room in PURE}
    strange = [
        imported
        for imported in imports(path)
        if imported.split(".")[0] not in allowed and ".".join(imported.split(".")[:2]) not in pure
    ]
    assert strange == []


def test_pages_and_routes_know_no_database() -> None:
    found = [
        f"{name}: {imported}"
        for name, path in shipped_modules()
        if not is_kernel(name) and EDGES & set(name.split("."))
        for imported in imports(path)
        if imported.split(".")[0] == "sqlalchemy"
    ]
    assert found == []


def test_importing_the_kernel_costs_nothing() -> None:
    program = (
        "import sys, crm_kernel\n"
        "heavy = {'sqlalchemy', 'litestar', 'jinja2', 'casbin', 'alembic', 'msgspec'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_the_core_stays_small() -> None:
    size = sum(code_lines(path) for _, path in kernel_modules(*CORE))
    assert size <= CORE_LINES


def test_a_plugin_module_declares_and_holds_no_logic() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in ROOT.glob("plugins/*/crm_*/plugin.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 160
    }
    assert long == {}


def may_hold_sql(path: Path) -> bool:
    inside = path.relative_to(ROOT).parts
    return (
        inside[:2] in {("crm_kernel", "dal"), ("crm_kernel", "testing")}
        or "migrations" in inside
        or path.stem.startswith("repository")
        or path.stem.endswith(("store", "repository"))
        or "repository" in inside
    )


def bare_statements(path: Path) -> list[str]:
    """Lines that call SQLAlchemy's `select` or `text`, by whatever name they were imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names, modules = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "sqlalchemy":
            names |= {alias.asname or alias.name for alias in node.names if alias.name in {"select", "text"}}
        elif isinstance(node, ast.Import):
            modules |= {alias.asname or alias.name for alias in node.names if alias.name == "sqlalchemy"}
    return [
        f"{path.name}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in names)
            or (
                isinstance(node.func, ast.Attribute)
                and node.func.attr in {"select", "text"}
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in modules
            )
        )
    ]


def test_statements_are_written_in_the_data_access_layer_and_in_repositories_only() -> None:
    found = [
        line for _, path in shipped_modules() if not may_hold_sql(path) for line in bare_statements(path)
    ]
    assert found == []


def test_the_search_for_bare_statements_finds_them_by_any_name(tmp_path) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text(
        "import sqlalchemy as sa\nfrom sqlalchemy import text as t\nsa.select(1)\nt('x')\ntext('y')\n",
        encoding="utf-8",
    )
    assert bare_statements(sample) == ["sample.py:3", "sample.py:4"]
