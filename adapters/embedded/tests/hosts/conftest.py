"""The same tests in every house."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from .houses import HOUSES, House, Street


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These start servers and a browser: they run together, in one process."""
    for item in items:
        if "tests/hosts/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def street(tmp_path_factory: Any) -> Iterator[Street]:
    """All houses of this session."""
    made = Street(lambda name: tmp_path_factory.mktemp(name))
    yield made
    made.close()


@pytest.fixture(params=sorted(HOUSES))
def house(request: Any, street: Street) -> House:
    """Each house in turn."""
    return street.house(request.param)


@pytest.fixture
def visitor(house: House) -> Iterator[httpx.Client]:
    """A manager, signed in at the host and nowhere else."""
    with house.client() as client:
        house.sign_in(client)
        yield client
