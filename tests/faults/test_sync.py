"""A host pushes, the power fails, the host sends again what was not confirmed: each record is there exactly
once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.faults import pusher
from tests.faults.forks import lived

BATCHES = 20


class Host:
    """Remembers what was confirmed and goes on there, as an ERP would."""

    def __init__(self, home: Path, batches: int, size: int, template: Path) -> None:
        """`template` is the home of an installation in which nothing has happened yet."""
        self._home, self._batches, self._size = home, batches, size
        self.first = 0
        self.totals: dict[str, int] = {}
        self.count: dict[str, int] = {}
        self.rows: list[str] = []
        shutil.copytree(template, home)

    def push(self, when: str = "never", nth: int = 0) -> int:
        """Push until done or until the product dies; returns its exit code."""
        tell = when == "never"
        code, said = lived(
            lambda: pusher.push(self._home, self._batches, self._size, self.first, when, nth, tell=tell)
        )
        assert code in (0, -9), said
        for line in said.splitlines():
            word, _blank, rest = line.partition(" ")
            if word == "confirmed":
                batch, _blank, counts = rest.partition(" ")
                self.first = int(batch) + 1
                for name, number in json.loads(counts).items():
                    self.totals[name] = self.totals.get(name, 0) + number
            elif word == "there":
                self.count, self.rows = json.loads(rest)
        return code

    def once_more(self) -> None:
        """From the first batch on again."""
        self.first, self.totals = 0, {}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation in which nothing has happened yet."""
    home = tmp_path_factory.mktemp("template") / "home"
    code, said = lived(lambda: pusher.install(home))
    assert code == 0, said
    return home


def exact(host: Host, rows: int) -> None:
    """Everything is there, once, and every id of the host means a living record of its own."""
    found = host.count
    assert (found["customers"], found["ids"], found["meant"], found["mapped"]) == (rows, rows, rows, rows)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_push_cut_off_at_a_commit_is_sent_again_and_nothing_is_there_twice(
    tmp_path, template, when: str
) -> None:
    host = Host(tmp_path / "home", 3, 20, template)
    assert host.push(when, 2) == -9
    assert host.push() == 0
    exact(host, 60)


@pytest.mark.faults
@pytest.mark.timeout(0)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_push_killed_at_every_boundary_leaves_what_an_undisturbed_one_leaves(
    tmp_path, template, when: str
) -> None:
    calm = Host(tmp_path / "calm", BATCHES, 100, template)
    assert calm.push() == 0
    assert calm.totals["created"] == 2000
    expected, kills = calm.rows, 0
    while True:
        home = tmp_path / f"killed-{kills + 1}"
        host = Host(home, BATCHES, 100, template)
        if host.push(when, kills + 1) == 0:
            break  # it has no further boundary
        kills += 1
        assert host.push() == 0
        exact(host, 2000)
        assert host.rows == expected, f"killed {when} commit {kills}"
        shutil.rmtree(home)
    assert kills >= BATCHES
    print(f"killed {when} each of {kills} commits")


@pytest.mark.faults
@pytest.mark.timeout(0)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_push_that_dies_at_the_next_boundary_every_time_ends_all_the_same(
    tmp_path, template, when: str
) -> None:
    """One delivery is confirmed, the next dies at its commit: twenty deliveries take twenty starts."""
    host = Host(tmp_path / "home", BATCHES, 100, template)
    kills = 0
    while host.push(when, 2) == -9:
        kills += 1
    assert host.push() == 0
    exact(host, 2000)
    print(f"killed {when} {kills} of {BATCHES} commits")


@pytest.mark.faults
@pytest.mark.timeout(0)
def test_a_hundred_thousand_pushed_twice_with_three_kills_are_there_once(tmp_path, template) -> None:
    host = Host(tmp_path / "home", 100, 1000, template)
    assert host.push("before", 30) == -9
    assert host.push("after", 40) == -9
    assert host.push() == 0
    host.once_more()
    assert host.push("before", 50) == -9
    assert host.push() == 0
    exact(host, 100_000)
    assert host.totals == {"created": 0, "changed": 0, "unchanged": 100_000, "rejected": 0}
