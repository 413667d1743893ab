"""`crm plugins new`: what it writes, and what it refuses."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from crm_kernel.errors import Conflict, Invalid
from crm_kernel.scaffold.distribution import TEMPLATES, Wish, write
from crm_kernel.testing.catalogue import faults
from crm_kernel.testing.wordings import domains

LOAN = Wish("loan", "loan_car", "Loan car", "代步车")


def test_the_least_plugin_is_three_files(tmp_path) -> None:
    folder = write(Wish("poster", minimal=True), tmp_path)
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert {file.name for file in files} == {"pyproject.toml", "__init__.py", "test_poster.py"}


def test_everything_written_can_be_read_and_every_word_is_translated(tmp_path) -> None:
    folder = write(LOAN, tmp_path)
    assert folder.name == "crm-loan"
    for file in folder.rglob("*.py"):
        ast.parse(file.read_text(encoding="utf-8"))
    declared = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert declared["entry-points"]["crm_kernel.plugins"] == {"loan": "crm_loan.plugin"}
    assert [faults(domain) for domain in domains([folder / "crm_loan"])] == [[]]


def test_a_publisher_stands_before_the_packages_name(tmp_path) -> None:
    folder = write(Wish("loan", publisher="acme"), tmp_path)
    assert folder.name == "acme-crm-loan"
    assert (folder / "acme_crm_loan" / "plugin.py").is_file()


def test_in_the_workspace_the_folder_has_the_plugins_name(tmp_path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.uv.workspace]\n", encoding="utf-8")
    folder = write(LOAN, tmp_path / "plugins")
    assert folder == tmp_path / "plugins" / "loan"
    assert 'license = "Apache-2.0"' in (folder / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["Loan", "9cars", "loan-car", "class", "../loan", "代步车", "a" * 31, "", "x__y"]
)
def test_a_name_nobody_could_import_is_refused_in_words(tmp_path, name) -> None:
    with pytest.raises(Invalid) as refusal:
        write(Wish(name), tmp_path)
    assert refusal.value.errors[0].field == "name"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("label", ['say "hi"', "two\nlines", "${name}", "{{ x }}", "back\\slash"])
def test_a_label_that_would_break_code_is_refused(tmp_path, label) -> None:
    with pytest.raises(Invalid):
        write(Wish("loan", label=label), tmp_path)


@pytest.mark.parametrize("name", ["customer", "records", "kernel"])
def test_a_name_that_is_taken_is_refused(tmp_path, name) -> None:
    with pytest.raises(Conflict):
        write(Wish(name), tmp_path)


def test_nothing_is_ever_overwritten(tmp_path) -> None:
    folder = write(LOAN, tmp_path)
    (folder / "README.md").write_text("mine", encoding="utf-8")
    with pytest.raises(Conflict):
        write(LOAN, tmp_path)
    assert (folder / "README.md").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["crm-loan"]


def test_templates_are_readable_files_with_their_own_endings() -> None:
    endings = {"".join(Path(file.name.removesuffix(".tmpl")).suffixes) for file in TEMPLATES.rglob("*.tmpl")}
    assert {".py", ".html", ".po", ".js", ".css", ".toml", ".md"} <= endings
