"""A dealer switches on the modules he needs, and one bad module never takes the others down."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from crm_kernel import Kernel, Settings, hookimpl, messages, permitted
from crm_kernel.contributions import Ask, Manifest, MenuItem, Offer, Permission
from crm_kernel.i18n import translate

_ = messages("toy")


def plugin(
    name: str,
    *hooks: Callable[..., Any],
    requires: tuple[str, ...] = (),
    says: str = "",
    version: str = "1.0",
    kernel: str = "",
) -> ModuleType:
    """A plugin as a module, with a manifest and the given hook functions."""
    module = ModuleType(name)

    @hookimpl
    def manifest() -> Manifest:
        return Manifest(says or name, _(name), version, requires=requires, kernel=kernel)

    for hook in (manifest, *hooks):
        setattr(module, hook.__name__, hook if hasattr(hook, "crm_kernel_impl") else hookimpl(hook))
    return module


@pytest.fixture
def boot(tmp_path: Path) -> Callable[..., Kernel]:
    def start(*modules: Any, hook_deadline: float = 60, **options: Any) -> Kernel:
        settings = Settings.load({}, home=tmp_path, hook_deadline=hook_deadline)
        return Kernel.boot(settings, modules=modules, discover=False, **options)

    return start


@pytest.fixture
def hang() -> Iterator[Callable[[], bool]]:
    """What a module does that never comes back, as long as the test goes on."""
    over = threading.Event()
    yield partial(over.wait, 60)
    over.set()


def states(kernel: Kernel) -> dict[str, str]:
    return {one.name: one.state for one in kernel.plugins}


def test_required_modules_come_first_whatever_the_order_of_installation(boot) -> None:
    kernel = boot(plugin("complaint", requires=("customer",)), plugin("customer"), plugin("appointment"))
    names = [one.name for one in kernel.plugins.running]
    assert names.index("customer") < names.index("complaint")


def test_a_module_whose_requirement_is_absent_is_quarantined_with_the_reason(boot) -> None:
    kernel = boot(plugin("complaint", requires=("customer",)), plugin("service"))
    assert states(kernel) == {"complaint": "quarantined", "service": "on"}
    assert "customer" in str(kernel.plugins["complaint"].reason)


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        (plugin("m", requires=("customer>=2",)), "requires customer >=2; installed is 1.4.0"),
        (plugin("m", requires=("customer>=1,<1.4",)), "requires customer >=1,<1.4; installed is 1.4.0"),
        (plugin("m", kernel=">=99"), "made for a kernel >=99; this one is 0.1.0"),
        (plugin("m", requires=("customer>=one",)), "names a version that cannot be read"),
        (plugin("m", requires=("Customer Module",)), "requires Customer Module, which does not run"),
    ],
)
def test_a_module_that_does_not_fit_the_set_says_why_in_plain_words(boot, module, reason) -> None:
    kernel = boot(
        module, plugin("follower", requires=("m",)), plugin("customer", version="1.4.0"), plugin("c")
    )
    assert states(kernel) == {"m": "quarantined", "follower": "quarantined", "customer": "on", "c": "on"}
    assert reason in str(kernel.plugins["m"].reason)
    assert str(kernel.plugins["follower"].reason) == "requires m, which does not run"
    assert "依赖 m" in translate(kernel.plugins["follower"].reason, "zh-CN")


def test_a_module_that_fits_runs_pre_releases_included(boot) -> None:
    fitting = plugin("m", requires=("customer>=1.4,<2",), kernel=">=0.1,<99")
    kernel = boot(fitting, plugin("customer", version="1.5.0rc1"))
    assert states(kernel) == {"m": "on", "customer": "on"}
    assert kernel.plugins["m"].requires == ("customer",)


def test_modules_that_require_each_other_are_quarantined_and_others_run(boot) -> None:
    kernel = boot(plugin("a", requires=("b",)), plugin("b", requires=("a",)), plugin("c"))
    assert states(kernel) == {"a": "quarantined", "b": "quarantined", "c": "on"}


def test_a_fault_in_a_hook_takes_only_that_module_and_its_dependents(boot) -> None:
    def register_menu() -> Sequence[MenuItem]:
        raise RuntimeError("printer on fire")

    kernel = boot(plugin("bad", register_menu), plugin("needs_bad", requires=("bad",)), plugin("good"))
    assert states(kernel) == {"bad": "quarantined", "needs_bad": "quarantined", "good": "on"}
    assert "printer on fire" in kernel.plugins["bad"].reason


def test_a_hook_that_hangs_is_abandoned_at_its_deadline(boot, hang) -> None:
    came_back = []

    def register_menu() -> Sequence[MenuItem]:
        came_back.append(hang())
        return []

    kernel = boot(plugin("sleepy", register_menu), plugin("good"), hook_deadline=1)
    assert not came_back
    assert states(kernel) == {"sleepy": "quarantined", "good": "on"}


def test_a_hook_that_hands_out_its_values_one_by_one_has_the_same_deadline(boot, hang) -> None:
    came_back = []

    def register_menu() -> Sequence[MenuItem]:
        came_back.append(hang())
        yield MenuItem(_("Cars"), "/cars", "cars.view")

    kernel = boot(plugin("sleepy", register_menu), plugin("good"), hook_deadline=1)
    assert not came_back
    assert states(kernel) == {"sleepy": "quarantined", "good": "on"}
    assert "longer than" in kernel.plugins["sleepy"].reason


def test_a_module_that_wants_to_end_the_process_ends_only_itself(boot) -> None:
    def register_menu() -> Sequence[MenuItem]:
        sys.exit(3)

    kernel = boot(plugin("rude", register_menu), plugin("good"))
    assert states(kernel) == {"rude": "quarantined", "good": "on"}
    assert "SystemExit: 3" in kernel.plugins["rude"].reason


def test_a_service_that_cannot_be_made_in_time_holds_nobody_up(boot, hang) -> None:
    came_back = []

    def never(_kernel: Kernel) -> Any:
        came_back.append(hang())

    def register_services() -> Sequence[Offer | Ask]:
        return [Offer("slow", never)]

    def offers_cars() -> Sequence[Offer | Ask]:
        return [Offer("cars", lambda _kernel: Guarded())]

    offers_cars.__name__ = "register_services"
    kernel = boot(plugin("slow", register_services), plugin("cars", offers_cars), hook_deadline=1)
    assert not came_back
    assert states(kernel) == {"slow": "quarantined", "cars": "on"}
    assert kernel.offers("cars")
    assert not kernel.offers("slow")


def test_a_misspelt_hook_is_named(boot) -> None:
    def register_menus() -> Sequence[MenuItem]:
        return []

    kernel = boot(plugin("typo", register_menus))
    assert "register_menus" in kernel.plugins["typo"].reason


def test_a_wrong_signature_is_refused(boot) -> None:
    def register_menu(everything: object) -> Sequence[MenuItem]:
        return []

    assert boot(plugin("greedy", register_menu)).plugins["greedy"].state == "quarantined"


def test_a_hook_that_returns_the_wrong_type_is_refused(boot) -> None:
    def register_menu() -> Sequence[Any]:
        return ["customers"]

    assert "register_menu returned str" in boot(plugin("wrong", register_menu)).plugins["wrong"].reason


def test_a_menu_entry_needs_a_permission_that_exists(boot) -> None:
    def register_menu() -> Sequence[MenuItem]:
        return [MenuItem(_("Cars"), "/cars", "cars.view")]

    assert "cars.view" in boot(plugin("cars", register_menu)).plugins["cars"].reason


def test_two_modules_cannot_claim_the_same_permission(boot) -> None:
    def register_permissions() -> Sequence[Permission]:
        return [Permission("x.view", _("view"))]

    kernel = boot(plugin("a", register_permissions), plugin("b", register_permissions))
    assert states(kernel) == {"a": "on", "b": "quarantined"}
    assert list(kernel.registry.permissions) == ["x.view"]


class Unguarded:
    async def sell(self, actor: Any) -> None: ...


class Guarded:
    @permitted("cars.sell")
    async def sell(self, access: Any) -> None: ...


def test_a_service_method_without_permission_quarantines_its_module(boot) -> None:
    def register_services() -> Sequence[Offer | Ask]:
        return [Offer("cars", lambda _kernel: Unguarded())]

    kernel = boot(plugin("cars", register_services))
    assert "sell has neither a permission" in kernel.plugins["cars"].reason
    assert not kernel.offers("cars")


def test_a_module_asks_by_name_and_gets_what_it_needs(boot) -> None:
    class Seller:
        async def sell(self, actor: Any) -> None: ...

    def register_services() -> Sequence[Offer | Ask]:
        return [Offer("cars", lambda _kernel: Guarded())]

    def asks() -> Sequence[Offer | Ask]:
        return [Ask("cars", Seller, required=True)]

    asks.__name__ = "register_services"
    assert states(boot(plugin("cars", register_services), plugin("shop", asks, requires=("cars",)))) == {
        "cars": "on",
        "shop": "on",
    }
    assert "nobody offers cars" in boot(plugin("shop", asks)).plugins["shop"].reason


def test_an_offer_without_the_asked_methods_is_told_at_boot(boot) -> None:
    class Buyer:
        async def buy(self, actor: Any) -> None: ...

    def register_services() -> Sequence[Offer | Ask]:
        return [Offer("cars", lambda _kernel: Guarded())]

    def asks() -> Sequence[Offer | Ask]:
        return [Ask("cars", Buyer)]

    asks.__name__ = "register_services"
    kernel = boot(plugin("cars", register_services), plugin("dealer", asks, requires=("cars",)))
    assert "cars lacks buy" in kernel.plugins["dealer"].reason


def test_the_host_replaces_a_part_and_its_own_wins(boot) -> None:
    def register_services() -> Sequence[Offer | Ask]:
        return [Offer("cars", lambda _kernel: Guarded())]

    mine = object()
    kernel = boot(plugin("cars", register_services), overrides={"cars": mine})
    assert kernel.service("cars") is mine


def test_a_module_that_is_not_chosen_is_listed_as_off_and_brings_nothing(tmp_path: Path) -> None:
    kernel = Kernel.boot(Settings.load({}, home=tmp_path, plugins=()))
    assert {one.state for one in kernel.plugins} == {"off"}
    assert kernel.registry.permissions == {}


def test_a_chosen_module_that_is_not_installed_is_named(tmp_path: Path) -> None:
    kernel = Kernel.boot(Settings.load({}, home=tmp_path, plugins=("nowhere",)))
    assert str(kernel.plugins["nowhere"].reason) == "not installed"


async def test_a_module_that_fails_to_start_is_quarantined_and_the_rest_starts(boot) -> None:
    started: list[str] = []

    async def startup(kernel: Kernel) -> None:
        raise OSError("no disk")

    async def starts(kernel: Kernel) -> None:
        started.append("good")

    starts.__name__ = "startup"
    kernel = boot(plugin("bad", startup), plugin("good", starts))
    for one in kernel.plugins.running:
        await kernel._call_async(one, "startup")
    assert started == ["good"]
    assert "no disk" in kernel.plugins["bad"].reason
    await kernel.db.close()


@pytest.mark.parametrize("ignored", [0, 1])
async def test_a_start_that_never_ends_is_left_behind_even_if_it_ignores_being_cancelled(
    boot, ignored
) -> None:
    came_back = []

    async def startup(kernel: Kernel) -> None:
        for _time in range(ignored):
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
        await asyncio.sleep(60)
        came_back.append(True)

    kernel = boot(plugin("endless", startup), hook_deadline=1)
    await kernel._call_async(kernel.plugins["endless"], "startup")
    assert not came_back
    assert "startup took longer than 1 s" in kernel.plugins["endless"].reason
    await kernel.db.close()


async def test_a_start_that_wants_to_end_the_process_ends_only_the_module(boot) -> None:
    async def startup(kernel: Kernel) -> None:
        sys.exit(7)

    kernel = boot(plugin("rude", startup))
    await kernel._call_async(kernel.plugins["rude"], "startup")
    assert "SystemExit: 7" in kernel.plugins["rude"].reason
    await kernel.db.close()
