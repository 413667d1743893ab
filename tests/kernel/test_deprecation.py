"""A public name goes slowly: it warns for a whole minor version and says what to use instead."""

from __future__ import annotations

import warnings

import pluggy
import pytest

from crm_kernel import deprecation
from crm_kernel.deprecation import ANNOUNCED, CrmDeprecationWarning, deprecated, leaving


@pytest.fixture(autouse=True)
def announced():
    before = list(ANNOUNCED)
    yield
    ANNOUNCED[:] = before


def test_a_function_on_its_way_out_works_and_warns_at_the_callers_line() -> None:
    @deprecated(since="0.2", until="0.4", instead="lend")
    def hand_out(car: str) -> str:
        return f"{car} is out"

    with pytest.warns(
        CrmDeprecationWarning, match=r"hand_out warns since 0.2 and is gone in 0.4; use lend"
    ) as told:
        assert hand_out("L1") == "L1 is out"
    assert told[0].filename == __file__
    assert ANNOUNCED[-1].instead == "lend"


def test_a_class_warns_when_one_is_made_and_not_when_it_is_declared() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        @deprecated(since="0.2", until="0.4", instead="Desk")
        class Counter:
            def __init__(self, cars: int) -> None:
                self.cars = cars

    with pytest.warns(CrmDeprecationWarning):
        assert Counter(3).cars == 3


def test_a_hook_warns_whoever_implements_it() -> None:
    spec, impl = pluggy.HookspecMarker("t"), pluggy.HookimplMarker("t")

    class Specs:
        @spec(warn_on_impl=leaving("hook old", since="0.2", until="0.4", instead="new"))
        def old(self): ...

    class Module:
        @impl
        def old(self): ...

    manager = pluggy.PluginManager("t")
    manager.add_hookspecs(Specs)
    with pytest.warns(CrmDeprecationWarning, match="use new"):
        manager.register(Module())


@pytest.mark.parametrize(("since", "until"), [("0.2", "0.3"), ("0.2", "0.2"), ("0.4", "0.2")])
def test_without_a_minor_version_in_between_nothing_may_go(since, until) -> None:
    with pytest.raises(ValueError, match="too soon"):
        deprecation.announce("x", since=since, until=until, instead="y")


def test_a_major_version_is_far_enough() -> None:
    assert deprecation.announce("x", since="0.9", until="1.0", instead="y").until == "1.0"
