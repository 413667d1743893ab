"""docs/writing-a-plugin.md, executed from its first command to its last."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from tests.installed import bare_environment, fresh

pytestmark = [pytest.mark.wheels, pytest.mark.timeout(600)]

PAGE = ROOT / "docs/writing-a-plugin.md"
BLOCK = re.compile(r"(?:<!-- (file|append): (\S+) -->\n)?```(\w+)\n(.*?)```", re.DOTALL)
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def test_the_page_leads_from_nothing_to_a_module_that_comes_and_goes(wheels, tmp_path) -> None:
    home = fresh(tmp_path / "venv", wheels)
    path = os.pathsep.join([str(home / "bin"), "/usr/bin", "/bin"])
    env = bare_environment(PATH=path, PYTHONDONTWRITEBYTECODE="1", **OFFLINE)
    desk = tmp_path / "desk"
    desk.mkdir()
    done = 0
    for action, name, language, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if language == "sh":
            desk = commanded(desk, text, env)
            done += 1
        elif action:
            write(desk / name, text, append=action == "append")
    assert done == 5
    assert (desk / "loan.zip").is_file()
    assert (desk / "dist/crm_loan-0.1.0-py3-none-any.whl").is_file()


def commanded(folder: Path, text: str, env: dict[str, str]) -> Path:
    """The folder in which the commands of one block end."""
    ran = subprocess.run(
        ["bash", "-ec", f"{text}\npwd"], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, f"{text}\n{ran.stdout[-4000:]}\n{ran.stderr[-4000:]}"
    return Path(ran.stdout.splitlines()[-1])


def write(file: Path, text: str, *, append: bool) -> None:
    assert file.is_file(), f"{file} is not what the scaffold wrote"
    before = file.read_text(encoding="utf-8") if append else ""
    file.write_text(before + text, encoding="utf-8")
