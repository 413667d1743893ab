"""docs/cli.md, from what `crm --help` says about itself and each of its commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

INTRODUCTION = """# The command line
`crm` acts as the super administrator unless `--as USER` says otherwise: whoever has a shell on the server is trusted.
Without `--dealership` it takes the only one there is. With `--json` standard output holds one JSON document and
messages go to standard error. Exit codes: 0 done, 1 refused, failed or findings, 2 wrong usage. This page is written
by `make docs`.
"""
CHOICES = re.compile(r"^\s*\{([\w,-]+)\}", re.MULTILINE)


def page() -> str:
    """The help of every command, top-level commands first."""
    return "\n\n".join([INTRODUCTION.strip(), *_sections([])]) + "\n"


def _sections(words: list[str]) -> list[str]:
    text = _help(words)
    title = " ".join(["crm", *words])
    sections = [f"{'##' if len(words) < 2 else '###'} {title}\n```text\n{text.strip()}\n```"]
    found = CHOICES.search(text.partition("\n\n")[2])
    for command in sorted(found.group(1).split(",")) if found else []:
        sections += _sections([*words, command])
    return sections


def _help(words: list[str]) -> str:
    with tempfile.TemporaryDirectory() as home:
        told = subprocess.run(
            [Path(sys.executable).parent / "crm", "--lang", "en", *words, "--help"],
            env={key: value for key, value in os.environ.items() if not key.startswith("CRM_")}
            | {"CRM_HOME": home, "COLUMNS": "100", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    if told.returncode:
        raise RuntimeError(told.stderr)
    return told.stdout
