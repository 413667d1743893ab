"""Forecourt as somebody gets it: wheels, built and installed into a fresh environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from tests.architecture.sources import members

BIN = Path(sys.executable).parent


def build(folder: Path, out: Path) -> None:
    """The wheel of one distribution."""
    built = subprocess.run(
        [BIN / "hatchling", "build", "-t", "wheel", "-d", out],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr


def build_all(out: Path) -> list[Path]:
    """The wheels of every distribution of the project."""
    for member in members():
        build(member, out)
    return sorted(out.glob("*.whl"))


def fresh(home: Path, wheels: Sequence[Path]) -> Path:
    """An environment with these wheels; others' packages are lent by the one that runs the tests."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    install(home, wheels)
    (site_packages(home) / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return home


def install(home: Path, wheels: Sequence[Path]) -> None:
    """Put wheels beside those that are there."""
    uv = shutil.which("uv") or BIN / "uv"
    subprocess.run(
        [uv, "pip", "install", "-q", "--offline", "--no-deps", "--python", home / "bin/python", *wheels],
        check=True,
        env=bare_environment(),
    )


def site_packages(home: Path) -> Path:
    return next(home.glob("lib/python*/site-packages"))


def bare_environment(**more: str) -> dict[str, str]:
    """No Node.js, no npm, and nothing of the developer's on the path."""
    env = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PYTHON", "VIRTUAL_ENV", "CRM_"))
    }
    return env | {"PATH": os.pathsep.join(["/nowhere"]), **more}


def run(*argv: str | Path, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv, cwd=cwd, env=bare_environment(**more), capture_output=True, text=True, check=False
    )
