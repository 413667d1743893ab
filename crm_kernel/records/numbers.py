"""Human numbers: counters per dealership, series and period, safe when many create at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_kernel.contributions import Numbering
from crm_kernel.dal.unit_of_work import UnitOfWork
from crm_kernel.errors import ConfigurationError
from crm_kernel.records import store
from crm_kernel.text import messages

_ = messages("kernel")

PERIODS = {"never": "", "yearly": "%Y", "monthly": "%Y%m", "daily": "%Y%m%d"}


async def next_numbers(
    work: UnitOfWork,
    numbering: Numbering,
    series: str,
    dealership_id: UUID,
    *,
    count: int = 1,
    timezone: str = "Asia/Shanghai",
) -> list[str]:
    """The next `count` numbers of a series (the entity's name) in a dealership.

    The counter is locked until the transaction ends; numbers of a transaction rolled back are given again.
    `{seq}` takes a format (`{seq:04d}`); year, month and day are those of the zone.
    Raises ConfigurationError for a pattern that cannot be filled.
    """
    local = work.now.astimezone(ZoneInfo(timezone))
    if numbering.restart not in PERIODS:
        raise ConfigurationError(_("Numbers cannot restart {period}.")(period=numbering.restart))
    period = local.strftime(PERIODS[numbering.restart]) if PERIODS[numbering.restart] else ""
    last = await store.advance_counter(work, dealership_id, series, period, count)
    return [_fill(numbering.pattern, local, number) for number in range(last - count + 1, last + 1)]


def _fill(pattern: str, moment: datetime, number: int) -> str:
    try:
        return pattern.format(
            year=f"{moment:%Y}", month=f"{moment:%m}", day=f"{moment:%d}", date=f"{moment:%Y%m%d}", seq=number
        )
    except (KeyError, IndexError, ValueError) as fault:
        raise ConfigurationError(
            _("The number pattern {pattern} cannot be filled.")(pattern=pattern)
        ) from fault
