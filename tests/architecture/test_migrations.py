"""Every module's migrations stand in one row: two that claim the same place stop every database command."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

FILES = ROOT.glob("**/migrations/versions/*.py")
TREES = sorted({path.parent for path in FILES if ".venv" not in path.parts})
REVISION = re.compile(r'^(revision|down_revision) = (?:"(\w+)"|None)', re.MULTILINE)


@pytest.mark.parametrize("tree", TREES, ids=lambda tree: tree.relative_to(ROOT).parts[-3])
def test_each_follows_another_and_no_two_the_same(tree: Path) -> None:
    found = [dict(REVISION.findall(path.read_text("utf-8"))) for path in tree.glob("*.py")]
    steps = [one for one in found if one]
    names, before = [one["revision"] for one in steps], Counter(one["down_revision"] for one in steps)
    assert len(set(names)) == len(names)
    assert set(before.values()) == {1}
    assert set(before) - {""} < set(names)
