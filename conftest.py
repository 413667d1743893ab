"""Keeps the collector from walking all that the suite has loaded whenever a test builds an application."""

from __future__ import annotations

import gc
from itertools import count

TESTS_BETWEEN_COLLECTIONS = 30
_tests = count(1)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.disable()


def pytest_runtest_logfinish() -> None:
    if next(_tests) % TESTS_BETWEEN_COLLECTIONS == 0:
        gc.collect()
