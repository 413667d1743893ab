"""`crm plugins uninstall`: what an operator sees when a module leaves."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from crm_standalone.cli import main

DONE, REFUSED, WRONG = 0, 1, 2


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert main(["--home", str(tmp_path), "--json", "db", "upgrade"]) == DONE
    return tmp_path


@pytest.fixture
def crm(home: Path, capfd: Any) -> Any:
    def run(*words: str, expect: int = DONE) -> Any:
        capfd.readouterr()
        assert main(["--home", str(home), "--lang", "zh-CN", "--json", *words]) == expect
        told = capfd.readouterr()
        return json.loads(told.out), told.err

    return run


def tables(home: Path) -> set[str]:
    with sqlite3.connect(home / "forecourt.db") as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")}


def test_without_a_choice_nothing_is_done(crm, home) -> None:
    before = tables(home)
    answer, told = crm("plugins", "uninstall", "customer", expect=WRONG)
    assert answer["error"]["code"] == "usage"
    assert "--keep" in told
    assert tables(home) == before


def test_a_module_is_exported_and_dropped_and_the_operator_told_what_is_left_to_do(crm, home) -> None:
    answer, told = crm("plugins", "uninstall", "customer", "--export", str(home / "customers.zip"))
    assert (answer["plugin"], answer["data"]) == ("customer", "export")
    assert (home / "customers.zip").is_file()
    assert not {name for name in tables(home) if "customer" in name}
    assert "crm-customer" in told


def test_a_module_that_is_kept_leaves_its_tables(crm, home) -> None:
    answer, _told = crm("plugins", "uninstall", "customer", "--keep")
    assert answer["data"] == "keep"
    assert "crm_customer_vehicle" in tables(home)


def test_an_unknown_module_is_refused(crm, home) -> None:
    answer, _told = crm("plugins", "uninstall", "nobody", "--drop", expect=REFUSED)
    assert answer["error"]["code"] == "not_found"


def test_dropping_by_the_database_command_leaves_no_trace_either(crm, home) -> None:
    answer, _told = crm("db", "drop", "--plugin", "customer", "--export", str(home / "customers.zip"))
    assert answer["dropped"] == "customer"
    assert (home / "customers.zip").is_file()
    assert not {name for name in tables(home) if "customer" in name}
    with sqlite3.connect(home / "forecourt.db") as connection:
        rules = connection.execute("SELECT COUNT(*) FROM crm_access_rule WHERE v1 LIKE 'customer.%'")
        assert rules.fetchone() == (0,)
