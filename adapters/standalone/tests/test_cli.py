"""The command line, as operators and scripts use it."""

from __future__ import annotations

import json
import logging
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_standalone.cli import main

DONE, REFUSED, WRONG = 0, 1, 2


class Shell:
    """Runs `crm` in this process, as if typed in a shell of its own."""

    def __init__(self, home: Path, capture: Any) -> None:
        self.home = home
        self._capture = capture
        self.errors = ""

    def __call__(self, *words: str, expect: int = DONE, language: str = "en") -> str:
        self._capture.readouterr()
        code = main(["--home", str(self.home), "--lang", language, *words])
        told = self._capture.readouterr()
        self.errors = told.err
        assert code == expect, told.out + told.err
        return told.out

    def json(self, *words: str, expect: int = DONE) -> Any:
        """The one document on standard output."""
        return json.loads(self("--json", *words, expect=expect))


@pytest.fixture(autouse=True)
def surroundings(monkeypatch) -> Iterator[None]:
    """No settings of the developer's, and the logging of the test run back afterwards."""
    for name in ("CRM_HOME", "CRM_DATABASE_URL", "CRM_CONFIG", "CRM_PUBLIC_URL", "CRM_DEMO_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    root, ours = logging.getLogger(), logging.getLogger("crm")
    handlers, levels = root.handlers[:], (root.level, ours.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


@pytest.fixture(scope="module")
def furnished(tmp_path_factory) -> Path:
    """A home with its tables, the dealership `default`, and two people."""
    home = tmp_path_factory.mktemp("home")
    start = ["--home", str(home), "--lang", "en", "--json"]
    assert main([*start, "db", "upgrade"]) == DONE
    assert main([*start, "user", "add", "anna", "--role", "super_administrator"]) == DONE
    assert main([*start, "user", "add", "bob"]) == DONE
    return home


@pytest.fixture
def crm(furnished: Path, capsys) -> Shell:
    return Shell(furnished, capsys)


@pytest.fixture
def new_crm(tmp_path: Path, capsys) -> Callable[[], Shell]:
    return lambda: Shell(tmp_path / "home", capsys)


def test_help_is_in_the_users_language_and_leaves_nothing_behind(new_crm, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    crm = new_crm()
    assert "show every module" in crm("plugins", "--help")
    assert "serve" in crm("--help")
    assert not crm.home.exists()
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert main(["--help"]) == DONE


def test_an_empty_database_gets_tables_and_the_first_dealership(new_crm) -> None:
    crm = new_crm()
    crm.json("user", "add", "early", expect=WRONG)
    assert "db upgrade" in crm.errors
    states = {one["plugin"]: one["state"] for one in crm.json("db", "upgrade")}
    assert states["kernel"] == "upgraded"
    assert set(states.values()) <= {"upgraded", "none"}
    assert {one["state"] for one in crm.json("db", "status")} <= {"current", "none"}
    assert {one["state"] for one in crm.json("db", "upgrade")} <= {"current", "none"}
    assert crm.json("user", "add", "first")["user"] == "first"
    assert (crm.home / "keys.json").stat().st_mode & 0o077 == 0


def test_modules_are_listed_with_their_state(crm) -> None:
    modules = crm.json("plugins", "list")
    assert all(
        one.keys() == {"name", "distribution", "version", "state", "reason", "requires"} for one in modules
    )
    assert {one["state"] for one in modules} == {"on"}
    assert "access" not in {one["name"] for one in modules}


@pytest.fixture
def broken_module(tmp_path: Path, monkeypatch) -> Iterator[str]:
    """An installed module whose first migration fails half-way."""
    site = tmp_path / "site"
    versions = site / "crm_lame" / "migrations" / "versions"
    information = site / "crm_lame-1.0.dist-info"
    versions.mkdir(parents=True)
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: crm-lame\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[crm_kernel.plugins]\nlame = crm_lame.plugin\n")
    (site / "crm_lame" / "__init__.py").touch()
    (site / "crm_lame" / "migrations" / "__init__.py").touch()
    (site / "crm_lame" / "plugin.py").write_text(LAME, encoding="utf-8")
    (versions / "lame_0001_initial.py").write_text(LAME_REVISION, encoding="utf-8")
    monkeypatch.syspath_prepend(site)
    yield "lame"
    for name in [name for name in sys.modules if name.startswith("crm_lame")]:
        del sys.modules[name]


LAME = """
from crm_kernel import hookimpl, messages
from crm_kernel.contributions import Manifest, Migrations

_ = messages("lame")


@hookimpl
def manifest():
    return Manifest("lame", _("Lame"), "1.0")


@hookimpl
def register_migrations():
    return Migrations("crm_lame.migrations")
"""

LAME_REVISION = """
revision, down_revision, branch_labels, depends_on = "lame_0001", None, None, None


def upgrade():
    raise RuntimeError("power cut")


def downgrade():
    pass
"""


def test_a_module_whose_migration_fails_closes_no_other_command(new_crm, broken_module, tmp_path) -> None:
    crm = new_crm()
    upgraded = {one["plugin"]: one for one in crm.json("db", "upgrade", expect=REFUSED)}
    assert upgraded["lame"]["state"] == "failed"
    assert "power cut" in upgraded["lame"]["fault"]
    assert upgraded["customer"]["state"] == "upgraded"
    modules = {one["name"]: one for one in crm.json("plugins", "list")}
    assert (modules["lame"]["state"], modules["customer"]["state"]) == ("quarantined", "on")
    assert "migration" in modules["lame"]["reason"]
    assert crm.json("export", "customers", "-o", str(tmp_path / "out.csv"))["rows"] == 0
    assert "lame" in crm.errors
    assert {"lame"} == {one["subject"] for one in crm.json("check", expect=REFUSED)}


def test_wrong_usage_ends_with_two(crm) -> None:
    for words in (
        ["explode"],
        ["user"],
        ["user", "add"],
        ["--dealership", "nowhere", "user", "add", "x"],
        ["export", "customers", "--format", "pdf", "-o", "x"],
    ):
        assert crm(*words, expect=WRONG) == ""
        assert crm.errors


def test_with_json_a_refusal_is_a_document_too(crm) -> None:
    refusal = crm.json("user", "add", "anna", expect=REFUSED)
    assert refusal["error"]["errors"][0]["code"] == "taken"
    assert "taken" in crm.errors
    assert crm.json("explain", "--user", "nobody", "--permission", "x", expect=REFUSED)["error"]["code"]


def test_a_token_is_shown_once_with_its_end(crm) -> None:
    made = crm.json("token", "create", "--user", "anna", "--days", "3")
    assert made.keys() == {"token", "expires"}
    assert made["expires"].endswith("Z")
    assert crm.json("token", "create", "--user", "anna", "--days", "0", expect=REFUSED)


def test_somebody_is_locked_out_and_let_in_again(crm) -> None:
    assert crm.json("user", "disable", "bob") == {"user": "bob", "active": False}
    assert crm.json("user", "enable", "bob") == {"user": "bob", "active": True}
    assert crm.json("user", "passwd", "bob")["password"]
    crm("user", "disable", "anna", expect=REFUSED)
    assert "last super administrator" in crm.errors


def test_why_somebody_may_is_explained(crm) -> None:
    yes = crm.json("explain", "--user", "anna", "--permission", "customer.view")
    assert yes["allowed"] is True
    assert all(isinstance(one, str) for one in yes["because"])
    no = crm.json("explain", "--user", "bob", "--permission", "customer.view")
    assert (no["allowed"], bool(no["because"])) == (False, True)
    crm("explain", "--user", "bob", "--permission", "customer.view", "--entity", "customer", expect=REFUSED)


def test_acting_as_somebody_means_having_his_rights(crm) -> None:
    crm("--as", "bob", "user", "add", "friend", expect=REFUSED)
    assert "permission" in crm.errors
    crm("--as", "nobody", "user", "add", "friend", expect=REFUSED)


def test_the_audit_is_verified_against_a_head_kept_outside(new_crm, tmp_path) -> None:
    crm = new_crm()
    crm("db", "upgrade")
    crm("user", "add", "anna")
    kept = tmp_path / "head.json"
    kept.write_text(crm("audit", "head"))
    verdict = crm.json("audit", "verify", "--head", str(kept))
    assert verdict["ok"] is True
    assert verdict["first_bad"] is None
    assert verdict["entries"] >= json.loads(kept.read_text())["change"]["number"] > 0
    with sqlite3.connect(crm.home / "forecourt.db") as connection:
        connection.execute("UPDATE crm_audit_change SET at = replace(at, '2', '1') WHERE number = 2")
    verdict = crm.json("audit", "verify", expect=REFUSED)
    assert (verdict["ok"], verdict["first_bad"]["log"], verdict["first_bad"]["number"]) == (
        False,
        "change",
        2,
    )
    assert "entry 2 was changed" in crm("audit", "verify", expect=REFUSED)
    assert "第 2 条在封存后被修改" in crm("audit", "verify", expect=REFUSED, language="zh-CN")
    kept.write_text("nonsense")
    crm("audit", "verify", "--head", str(kept), expect=REFUSED)
    assert "no head of the audit" in crm.errors
    crm("audit", "verify", "--head", str(tmp_path / "absent"), expect=REFUSED)


def test_who_upgrades_drops_or_uninstalls_is_recorded(new_crm) -> None:
    crm = new_crm()
    crm("db", "upgrade")
    crm("user", "add", "anna", "--role", "super_administrator")
    crm("user", "add", "bob")

    def said() -> dict[str, list[str]]:
        with sqlite3.connect(crm.home / "forecourt.db") as connection:
            rows = connection.execute(
                "SELECT c.verb, coalesce(s.name, c.via) FROM crm_audit_change c LEFT JOIN crm_staff s"
                " ON s.id = c.actor_id WHERE c.entity = 'module' ORDER BY c.seq"
            ).fetchall()
        found: dict[str, list[str]] = {}
        for verb, name in rows:
            found.setdefault(verb, []).append(name)
        return found

    assert set(said()["upgraded"]) == {"cli"}
    crm("--as", "bob", "db", "drop", "--plugin", "complaint", expect=REFUSED)
    crm("--as", "anna", "db", "drop", "--plugin", "complaint")
    assert said()["dropped"] == ["anna"]
    crm("--as", "anna", "db", "upgrade")
    assert said()["upgraded"][-1] == "anna"
    crm("--as", "bob", "uninstall", expect=REFUSED)
    assert crm.json("--as", "anna", "uninstall")["by"] == "anna"
    assert "uninstalled by anna" in (crm.home / "uninstalled.log").read_text()


def test_customers_come_in_and_go_out_by_file(crm, tmp_path) -> None:
    source, target, errors = tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "errors.csv"
    source.write_text("客户编号,客户名称,手机\nK1,王芳,13812348000\nK2,,13812348001\n", encoding="utf-8")
    counts = crm.json("import", "customers", str(source), "--dry-run")
    assert {
        "kind",
        "rows",
        "created",
        "repeated",
        "changed",
        "rejected",
        "warned",
        "duplicates",
    } == counts.keys()
    assert counts["rows"] == 2
    crm.json("import", "customers", str(source), "--errors", str(errors))
    assert errors.exists()
    assert crm.json("export", "customers", "-o", str(target))["rows"] == 1
    assert "王芳" in target.read_text(encoding="utf-8-sig")
    crm("import", "customers", str(tmp_path / "none.csv"), expect=REFUSED)
    crm("import", "bananas", str(source), expect=REFUSED)


def test_a_healthy_installation_has_no_findings_but_is_not_ready_for_production(crm) -> None:
    assert crm.json("check") == []
    findings = crm.json("check", "--deploy", expect=REFUSED)
    assert "public_url" in {one["code"] for one in findings}
    assert all(one.keys() == {"code", "subject", "message"} for one in findings)


def test_a_misspelt_setting_and_readable_keys_are_found(crm, monkeypatch) -> None:
    monkeypatch.setenv("CRM_PUBLIK_URL", "https://crm.example")
    assert [one["subject"] for one in crm.json("check", expect=REFUSED)] == ["CRM_PUBLIK_URL"]
    monkeypatch.delenv("CRM_PUBLIK_URL")
    (crm.home / "keys.json").chmod(0o644)
    codes = {one["code"] for one in crm.json("check", "--deploy", expect=REFUSED)}
    (crm.home / "keys.json").chmod(0o600)
    assert "keys" in codes


def test_a_database_that_is_away_is_said_in_words(new_crm, monkeypatch) -> None:
    monkeypatch.setenv("CRM_DATABASE_URL", "postgresql+asyncpg://nobody@127.0.0.1:1/none")
    crm = new_crm()
    crm("db", "status", expect=REFUSED)
    assert "database" in crm.errors
    assert "Traceback" not in crm.errors


def test_the_description_of_the_api_is_complete(crm) -> None:
    document = json.loads(crm("openapi"))
    assert document["openapi"].startswith("3.1")
    operation = document["paths"]["/api/v1/customers"]["get"]
    assert {"limit", "cursor", "sort", "q"} <= {one["name"] for one in operation["parameters"]}
    referred = set(_references(document))
    assert referred <= set(document["components"]["schemas"])


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rpartition("/")[2]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def test_the_demo_is_filled_once_and_never_among_real_people(new_crm, crm, monkeypatch) -> None:
    monkeypatch.setenv("CRM_DEMO_PASSWORD", "demo")
    demo = new_crm()
    told = demo.json("demo", "--no-serve", "--port", "8123")
    assert told == {
        "url": "http://127.0.0.1:8123/",
        "user": "demo",
        "password": "demo",
        "dealership": "default",
    }
    assert "customer" in demo.errors
    again = demo.json("demo", "--no-serve")
    assert again["user"] == "demo"
    assert demo.errors == ""
    crm("demo", "--no-serve", expect=REFUSED)
