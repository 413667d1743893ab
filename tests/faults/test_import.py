"""Whatever moment the power fails during an import: run it again, and everything is there exactly once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.files import write_customers

pytestmark = pytest.mark.faults
ROOT = Path(__file__).parents[2]
ROWS = 2000


def product(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.faults.product", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def dump(home: Path) -> list[str]:
    answer = product("dump", home)
    assert answer.returncode == 0, answer.stderr
    lines: list[str] = json.loads(answer.stdout.splitlines()[-1])
    return lines


def test_an_import_killed_at_any_commit_and_run_again_leaves_what_an_undisturbed_one_leaves(tmp_path) -> None:
    file = tmp_path / "客户.csv"
    write_customers(file, ROWS)
    calm = product("import", tmp_path / "calm", file)
    assert calm.returncode == 0, calm.stderr
    commits = len([line for line in calm.stdout.splitlines() if line.isdigit()])
    expected = dump(tmp_path / "calm")
    assert len(expected) > ROWS
    for nth in range(1, commits + 1):
        home = tmp_path / f"killed-{nth}"
        killed = product("import", home, file, nth)
        assert killed.returncode == -9, killed.stderr
        again = product("import", home, file)
        assert again.returncode == 0, again.stderr
        assert dump(home) == expected, f"killed at commit {nth} of {commits}"
        shutil.rmtree(home)
    print(f"killed at each of {commits} commits")
