"""The contract as a class for pytest: inherit it, name the plugin, and every check is a test of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import pytest

from crm_kernel.testing.contract import (  # noqa: F401 - entered into CHECKS by being imported
    happenings,
    manifest,
    pages,
    personal,
    reach,
    rights,
    tables,
    words,
)
from crm_kernel.testing.contract.check import CHECKS, Check, outcome
from crm_kernel.testing.contract.subject import Subject, studied
from crm_kernel.testing.databases import absent


class Examination:
    """A subject with an event loop of its own, so that one boot serves every test of a class."""

    def __init__(self, runner: asyncio.Runner, subject: Subject) -> None:
        self._runner = runner
        self._subject = subject

    def hold(self, check: Check) -> None:
        """Fail with every fault found; skip what cannot be looked at here."""
        came_of_it = self._runner.run(outcome(check, self._subject))
        if came_of_it.state == "unchecked":
            absent(came_of_it.findings[0])
        if came_of_it.state == "broken":
            pytest.fail("\n".join(came_of_it.findings), pytrace=False)


class PluginContract:
    """Inherit it as `class TestContract(PluginContract): plugin = "loan"`.

    `modules` are plugins at hand (a plugin that is not installed); `samples` gives, by entity, values of
    columns for rows the checks make, where the column's type does not say what is accepted.
    """

    plugin: ClassVar[str]
    modules: ClassVar[Sequence[Any]] = ()
    samples: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    @pytest.fixture(scope="class")
    @classmethod
    def examination(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examination]:
        """The plugin at work."""
        home = tmp_path_factory.mktemp("contract")
        with asyncio.Runner() as runner:
            house = studied(cls.plugin, home, modules=cls.modules, samples=cls.samples)
            subject = runner.run(house.__aenter__())
            try:
                yield Examination(runner, subject)
            finally:
                runner.run(house.__aexit__(None, None, None))


def _test(check: Check) -> Callable[[Any, Examination], None]:
    def hold(self: Any, examination: Examination) -> None:
        examination.hold(check)

    hold.__name__, hold.__doc__ = f"test_{check.name}", str(check.says)
    if check.marker:
        hold = getattr(pytest.mark, check.marker)(hold)
    return hold


for _check in CHECKS:
    setattr(PluginContract, f"test_{_check.name}", _test(_check))
