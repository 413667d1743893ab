"""A module made by the scaffold outside the workspace, its wheel beside ours: at work, and at fault."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.installed import build, fresh, run, site_packages

pytestmark = [pytest.mark.wheels, pytest.mark.timeout(600)]
PROBE = Path(__file__).with_name("probe.py")
SQLITE_ONLY = "not postgres and not mariadb and not browser"

OURS = {"complaint": "on", "customer": "on"}
"""The modules of the house, whatever a stranger does."""


@pytest.fixture(scope="module")
def project(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `crm plugins new` writes, in a folder of a stranger's."""
    desk = tmp_path_factory.mktemp("desk")
    words = ("loan", "--record", "loan_car", "--label", "Loan car", "--label-zh", "代步车")
    made = run(installed / "bin/crm", "--json", "plugins", "new", *words, cwd=desk)
    assert made.returncode == 0, made.stderr
    return desk / json.loads(made.stdout)["folder"]


@pytest.fixture(scope="module")
def house(wheels: list[Path], project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our wheels and the stranger's in one environment."""
    out = tmp_path_factory.mktemp("stranger")
    build(project, out)
    return fresh(out / "venv", [*wheels, *out.glob("*.whl")])


def probed(house: Path, folder: Path, **more: str) -> dict[str, Any]:
    """What an installation with a home of its own says about itself."""
    told = run(house / "bin/python", PROBE, folder / "home", cwd=folder, **more)
    assert told.returncode == 0, told.stderr[-4000:]
    return dict(json.loads(told.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def sound(house: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return probed(house, tmp_path_factory.mktemp("sound"))


def test_it_works_beside_ours_with_its_templates_scripts_and_words(sound) -> None:
    assert sound["states"] == {**OURS, "loan": "on"}
    assert set(sound["core"].values()) | set(sound["loan"].values()) == {200}
    assert "代步车看板" in sound["texts"]["/loan-board"]
    assert "L2" in sound["texts"]["/customers/{id}/panels/loan.open"]
    assert "javascript" in sound["asset"]


def test_its_own_tests_and_the_contract_pass_at_once(house, project) -> None:
    words = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", SQLITE_ONLY)
    ran = run(house / "bin/python", *words, cwd=project)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    assert "skipped" not in ran.stdout


def test_the_command_says_where_it_stands(house, tmp_path) -> None:
    told = run(house / "bin/crm", "--json", "plugins", "check", "crm-loan", "--level", "silver", cwd=tmp_path)
    document = json.loads(told.stdout)
    broken = {one["name"]: one["findings"] for one in document["checks"] if one["state"] == "broken"}
    assert broken == {}
    assert (told.returncode, document["distribution"]) == (0, "crm-loan")
    assert document["level"] in ("silver", "gold")


SUBSCRIBER = """

async def _hear(kernel, payload, event):
    raise RuntimeError("planted")


@hookimpl
def register_subscriptions():
    from crm_loan.events import Closed

    return [c.Subscription("loan.hears", "loan.closed", Closed, _hear)]
"""

PLANTED = {
    "import": ("plugin.py", "from crm_kernel import contributions as c", "raise RuntimeError('planted')"),
    "registration": ("plugin.py", "def register_menu(", "def register_menus("),
    "migration": (
        "migrations/versions/loan_0001_initial.py",
        "def upgrade() -> None:",
        "def upgrade() -> None:\n    raise RuntimeError('planted')",
    ),
    "route": ("routes.py", 'opt={"permission": CLOSE}', "opt={}"),
    "hook": (
        "plugin.py",
        "def register_menu() -> Sequence[c.MenuItem]:",
        "def register_menu():\n    raise RuntimeError('planted')",
    ),
    "template": ("templates/loan/board.html", "{% if waiting %}", "{% if waiting planted %}"),
}
REASONS = {
    "import": "RuntimeError: planted",
    "registration": "register_menus",
    "migration": "migration: RuntimeError: planted",
    "route": "names no permission",
    "hook": "RuntimeError: planted",
    "template": "loan/board.html: TemplateSyntaxError",
}


def broken(house: Path, folder: Path, file: str, old: str, new: str) -> dict[str, Any]:
    """The installation with one place of the stranger's package changed."""
    overlay = folder / "overlay"
    for part in site_packages(house).glob("crm_loan*"):
        shutil.copytree(part, overlay / part.name)
    target = overlay / "crm_loan" / file
    text = target.read_text(encoding="utf-8")
    assert old in text
    target.write_text(text.replace(old, new, 1), encoding="utf-8")
    return probed(house, folder, PYTHONPATH=str(overlay))


@pytest.mark.parametrize("fault", PLANTED)
def test_a_fault_takes_only_itself_out_and_is_named(house, sound, tmp_path, fault) -> None:
    found = broken(house, tmp_path, *PLANTED[fault])
    assert found["states"] == {**OURS, "loan": "quarantined"}
    assert REASONS[fault] in found["reason"]
    assert found["core"] == sound["core"]
    assert set(found["loan"].values()) == {404}


def test_a_subscriber_at_fault_waits_by_itself_and_its_fault_is_kept(house, sound, tmp_path) -> None:
    found = broken(house, tmp_path, "plugin.py", "\nif TYPE_CHECKING:", SUBSCRIBER + "\nif TYPE_CHECKING:")
    assert found["states"] == sound["states"]
    assert "RuntimeError (overlay/crm_loan/plugin.py" in found["faults"]["loan.hears"]
    assert (found["core"], found["loan"]) == (sound["core"], sound["loan"])


def test_a_panel_at_fault_is_a_card_with_a_note(house, sound, tmp_path) -> None:
    planted = "    raise RuntimeError('planted')\n    found = await"
    found = broken(house, tmp_path, "panels.py", "    found = await", planted)
    assert (found["core"], found["loan"]) == (sound["core"], sound["loan"])
    assert "crm-load-failed" in found["texts"]["/customers/{id}/panels/loan.open"]
