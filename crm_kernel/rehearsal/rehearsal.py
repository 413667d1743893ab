"""An upgrade tried out: each step with what must hold after it, or it does not count as done."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_kernel.dal.engine import make_engine
from crm_kernel.dal.migrate import status_all, upgrade_all
from crm_kernel.kernel import Kernel
from crm_kernel.rehearsal.copies import copied, row_counts
from crm_kernel.settings import Settings
from crm_kernel.testing.contract import CHECKS, Level, studied
from crm_kernel.testing.contract.check import outcome
from crm_kernel.text import Text, messages

_ = messages("kernel")

Boot = Callable[[Settings, Mapping[str, Any]], Kernel]
"""Boots the set of packages that is installed, with parts replaced."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step by its stable name; it is `done` only when nothing speaks against it."""

    name: str
    says: Text
    faults: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        """Whether what it promises holds."""
        return not self.faults


async def rehearse(settings: Settings, boot: Boot, scratch: Path) -> list[Step]:
    """Upgrade a copy with the installed set, hold every module to the contract, and leave no trace.

    Stops at the first step that does not hold, because the next ones would stand on it.
    """
    steps: list[Step] = []
    async with aclosing(_steps(settings, boot, scratch)) as going:
        async for step in going:
            steps.append(step)
            if not step.done:
                break
    return steps


async def _steps(settings: Settings, boot: Boot, scratch: Path) -> AsyncGenerator[Step, None]:
    before = await _counted(settings)
    async with copied(settings, scratch / "home") as copy:
        kernel = boot(copy.settings, copy.overrides)
        try:
            yield Step("set", _("kernel and modules fit together"), _quarantined(kernel))
            there = await row_counts(kernel.db.engine)
            yield Step("copy", _("the copy holds every row"), _different(before, there))
            yield Step("upgrade", _("every table is brought up to date"), await _upgraded(kernel))
            lost = sorted(set(before) - set(await row_counts(kernel.db.engine)))
            yield Step("tables", _("no table is lost"), tuple(f"{name} is gone" for name in lost))
            async with kernel.running():
                yield Step("start", _("every module starts"), _quarantined(kernel))
        finally:
            await kernel.db.close()
    for name in [plugin.name for plugin in kernel.plugins.running if plugin.distribution]:
        held = _("{name} holds to the contract")(name=name)
        yield Step(f"contract:{name}", held, await _contract(name, scratch / name))
    after = await _counted(settings)
    yield Step("original", _("the original is as it was"), _fewer(before, after))


def _quarantined(kernel: Kernel) -> tuple[str, ...]:
    return tuple(f"{p.name}: {p.reason}" for p in kernel.plugins if p.state == "quarantined")


async def _counted(settings: Settings) -> dict[str, int]:
    engine = make_engine(settings)
    try:
        return await row_counts(engine)
    finally:
        await engine.dispose()


def _different(original: Mapping[str, int], copy: Mapping[str, int]) -> tuple[str, ...]:
    """People go on working: a table may have grown meanwhile, and none may be shorter or absent."""
    return tuple(
        f"{name}: {copy.get(name, 0)} of {count} rows"
        for name, count in original.items()
        if copy.get(name, -1) < count and not name.startswith(FLEETING)
    )


FLEETING = ("crm_job", "crm_idempotent_answer", "crm_account_attempt", "crm_account_session")
"""Tables whose rows go by themselves while one looks."""


def _fewer(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(f"{name} is gone" for name in before if name not in after)


async def _upgraded(kernel: Kernel) -> tuple[str, ...]:
    faults = [f"{report.plugin}: {report.fault}" for report in await upgrade_all(kernel) if report.fault]
    waiting = [report.plugin for report in await status_all(kernel) if report.state == "pending"]
    return (*faults, *(f"{name} is still behind" for name in waiting))


async def _contract(name: str, home: Path) -> tuple[str, ...]:
    """What is broken of what makes a module safe; services beside the database are not asked for."""
    wanted = [check for check in CHECKS if check.level is Level.BRONZE and not check.marker]
    try:
        async with studied(name, home) as subject:
            found = [await outcome(check, subject) for check in wanted]
    except LookupError as fault:
        return (str(fault),)
    return tuple(
        f"{one.check.name}: {line}" for one in found if one.state == "broken" for line in one.findings
    )
