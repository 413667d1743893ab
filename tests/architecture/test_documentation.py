"""Documentation that must not fall behind the code."""

from __future__ import annotations

import ast
import inspect
import re

import pytest

from crm_kernel import __version__, deprecation, hookspecs
from crm_kernel.deprecation import minor
from tests.architecture.sources import ROOT
from tools.docs import hooks, links, surface

SPEC = f"{hookspecs.PROJECT}_spec"


def test_the_page_of_hooks_is_current() -> None:
    assert (ROOT / "docs/hooks.md").read_text(encoding="utf-8") == hooks.page(), "run `make docs`"


def test_every_hook_has_an_example(monkeypatch) -> None:
    assert hooks.page().count("@hookimpl\n") >= len(
        [n for n in dir(hookspecs) if hasattr(getattr(hookspecs, n), SPEC)]
    )
    monkeypatch.setattr(hooks, "_examples", dict)
    with pytest.raises(ValueError, match="has no example"):
        hooks.page()


def test_what_outsiders_rely_on_is_as_listed() -> None:
    """A changed line is a changed promise: run `make docs`, and say in the change why it may change."""
    assert (ROOT / "docs/public-surface.txt").read_text(encoding="utf-8") == surface.page()


def test_what_was_announced_to_go_goes_in_time() -> None:
    overdue = [str(one) for one in deprecation.ANNOUNCED if minor(one.until) <= minor(__version__)]
    assert overdue == []


def test_every_link_inside_the_project_leads_somewhere() -> None:
    assert links.broken(ROOT) == []


def test_a_link_to_nowhere_is_noticed(tmp_path) -> None:
    (tmp_path / "page.md").write_text(
        "# Title\n[a](page.md#title) [b](none.md) [c](#none) `[d](x.md)`\n", encoding="utf-8"
    )
    broken = [
        target
        for target in links.targets(tmp_path / "page.md")
        if not links.reached(tmp_path / "page.md", target)
    ]
    assert broken == ["none.md", "#none"]


def test_the_toy_plugin_uses_every_hook() -> None:
    """A hook nobody implements is a promise nobody has checked."""
    hooks_there_are = {name for name, member in inspect.getmembers(hookspecs) if hasattr(member, SPEC)}
    implemented = {
        node.name
        for file in (ROOT / "tests/toy_plugin").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert hooks_there_are - implemented == set()


def test_every_decision_has_a_number_of_its_own_and_stands_in_the_index_by_it() -> None:
    records = sorted(path.name for path in (ROOT / "docs/decisions").glob("[0-9]*.md"))
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert [name[:4] for name in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    assert re.findall(r"^\| \[\d{4}\]\((.+?)\) \|", index, re.MULTILINE) == records


def test_both_readmes_tell_the_same_commands() -> None:
    def commands(name: str) -> list[str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        return [
            word for word in ("make demo", "make test", "crm import customers", ".ci/run") if word in text
        ]

    assert commands("README.md") == commands("README.zh-CN.md") != []
