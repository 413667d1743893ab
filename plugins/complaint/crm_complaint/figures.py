"""Figures of complaints. A forced close is counted apart, and never as a satisfied customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from crm_complaint.permissions import FIGURES
from crm_complaint.process import DEFINITION
from crm_complaint.repository import figures as repository
from crm_kernel.actor import Access
from crm_kernel.contributions import Asked, ByAge, ByMonth, Measure, Ratio, Report, ReportRow
from crm_kernel.i18n import translate
from crm_kernel.text import Text, messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("complaint")

PAGE = "complaint"
TEN_THOUSAND = 10_000
COHORT = _("Complaints received in this time, and what has become of them so far.")
OPEN = (("status[ne]", "closed"),)
SATISFIED = (("outcome", "satisfied"),)
INVALID = (("outcome", "invalid"),)
FORCED = (("outcome", "forced"),)
JUSTIFIED = (("valid", "true"),)
JUDGED = (("valid[empty]", "false"),)

RECEIVED = Measure("received", _("Received"))
CASES = (
    RECEIVED,
    Measure("open", _("Open"), OPEN, drawn=False),
    Measure("satisfied", _("Satisfied"), SATISFIED, drawn=False),
    Measure("forced", _("Closed by force"), FORCED, drawn=False),
    Measure("justified", _("Justified"), JUSTIFIED, shown=False),
    Measure("judged", _("Judged"), JUDGED, shown=False),
    Ratio("validity", _("Justified"), "justified", "judged"),
)


def _report(name: str, label: Text, order: int, **more: Any) -> Report:
    return Report(f"complaint.{name}", label, FIGURES, entity="complaint", page=PAGE, order=order, **more)


def _cohort(name: str, label: Text, order: int, chart: str, by: str, **more: Any) -> Report:
    """What has become of the complaints received in the period."""
    shared = {"at": "received_at", "measures": CASES, "help": COHORT}
    return _report(name, label, order, chart=chart, by=by, **shared, **more)


async def clocks(kernel: Kernel, access: Access, asked: Asked) -> Sequence[ReportRow]:
    """Deadlines kept and missed, by kind and level, of the complaints received in the period."""
    entries = await kernel.service("dictionaries").entries(access.actor, "complaint.level", inactive=True)
    levels = {entry.code: (place, entry.label) for place, entry in enumerate(entries)}
    kinds = {rule.kind: (place, rule.label) for place, rule in enumerate(DEFINITION.clocks)}
    found = await repository.punctuality(kernel.db, access, asked)
    found = sorted(found, key=lambda one: (kinds.get(one[0], (99,))[0], levels.get(one[1], (99,))[0]))
    locale, received = access.actor.locale, _received(asked)
    rows = []
    for kind, level, settled, late in found:
        if not settled:
            continue
        words = [kinds.get(kind, (0, kind))[1], levels.get(level, (0, level))[1]]
        behind = (("level", level), *received)
        rows.append(
            ReportRow(
                " · ".join(translate(word, locale) for word in words),
                {"settled": settled, "kept": settled - late, "late": late},
                {
                    "kept": (("clock_kept", kind), *behind),
                    "late": (("clock_missed", kind), *behind),
                },
            )
        )
    return rows


def _received(asked: Asked) -> tuple[tuple[str, str], ...]:
    first, last = _days(asked)
    return (("received_at[gte]", first), ("received_at[lte]", last))


def _days(asked: Asked) -> tuple[str, str]:
    """The first and the last day asked for, in the reader's zone."""
    assert asked.start is not None and asked.end is not None  # noqa: S101, PT018 - both reports are dated
    zone = ZoneInfo(asked.timezone)
    last = asked.end.astimezone(zone) - timedelta(days=1)
    return asked.start.astimezone(zone).date().isoformat(), last.date().isoformat()


async def compensation(kernel: Kernel, access: Access, asked: Asked) -> Sequence[ReportRow]:
    """What was approved in the period, by type of complaint; each currency for itself."""
    entries = await kernel.service("dictionaries").entries(access.actor, "complaint.type", inactive=True)
    labels = {entry.code: entry.label for entry in entries}
    days = "/".join(_days(asked))
    found = await repository.compensation(kernel.db, access, asked)
    sums: dict[str, set[Any]] = defaultdict(set)
    for kind, currency, _cases, _amount in found:
        sums[currency].add(kind)
    rows = []
    for kind, currency, cases, amount in sorted(found, key=lambda one: -one[3]):
        label = labels.get(kind) if kind else _("(not given)")
        words = translate(label if label is not None else str(kind), access.actor.locale)
        filters = (
            ("compensated", days),
            *((("complaint_type", kind),) if kind else (("complaint_type[empty]", "true"),)),
        )
        rows.append(
            ReportRow(
                f"{words} ({currency})" if len(sums) > 1 else words,
                {"cases": cases, "amount": amount, "each": Decimal(amount) / cases},
                {"cases": filters},
                currency,
            )
        )
    return rows


async def signs(kernel: Kernel, access: Access, _asked: Asked) -> Sequence[ReportRow]:
    """What rises against its own past, with the numbers."""
    rows = []
    for one in await kernel.service("complaint.signs").rising(access.actor):
        behind = ((one.field, one.value), ("received_at[gte]", one.since.isoformat()))
        chance = round(one.chance * TEN_THOUSAND, 1)
        values = {"recent": one.recent, "usual": round(one.usual, 1), "chance": chance}
        rows.append(ReportRow(one.label, values, {"recent": behind}))
    return rows


REPORTS = (
    _report(
        "signs",
        _("Early signs"),
        15,
        query=signs,
        chart="table",
        wide=True,
        measures=(
            Measure("recent", _("Last four weeks")),
            Measure("usual", _("Usual in four weeks")),
            Measure("chance", _("By chance, in ten thousand")),
        ),
        help=_(
            "Problems and models with at least five complaints in four weeks and twice as many as usual in"
            " the twelve weeks before, where chance alone is unlikely (exact test of two Poisson rates, 5 %"
            " for all that are watched together)."
        ),
    ),
    _report(
        "numbers",
        _("In this time"),
        10,
        chart="numbers",
        at="received_at",
        measures=(
            RECEIVED,
            Measure("closed", _("Closed"), (("status", "closed"),), at="closed_at"),
            Measure("satisfied", _("Satisfied"), SATISFIED, at="closed_at"),
            Measure("explained", _("Not justified, explained"), INVALID, at="closed_at"),
            Measure("forced", _("Closed by force"), FORCED, at="closed_at"),
            Measure("justified", _("Justified"), JUSTIFIED, shown=False),
            Measure("judged", _("Judged"), JUDGED, shown=False),
            Ratio("validity", _("Justified, of those judged"), "justified", "judged"),
            Measure("rounds", _("Rounds"), SATISFIED, of="rounds", at="closed_at", shown=False),
            Ratio("each", _("Further rounds until satisfied"), "rounds", "satisfied", share=False),
        ),
        help=_(
            "Closed ones by the day they were closed, the others by the day they were received. A forced"
            " close is none of the satisfied."
        ),
    ),
    _report(
        "open",
        _("Open by age and level"),
        20,
        chart="stacked",
        by=ByAge("received_at"),
        across="level",
        where=OPEN,
        measures=(Measure("open", _("Open")),),
    ),
    _report(
        "trend",
        _("By month"),
        30,
        chart="line",
        by=ByMonth("received_at"),
        at="received_at",
        measures=(
            RECEIVED,
            Measure("satisfied", _("Satisfied"), SATISFIED, at="closed_at"),
            Measure("forced", _("Closed by force"), FORCED, at="closed_at"),
        ),
        help=_("Received by the day of receipt, closed by the day they were closed; a year at least."),
    ),
    _cohort("types", _("By type"), 40, "pareto", "complaint_type"),
    _cohort("problems", _("By problem"), 50, "pareto", "problem_type"),
    _report(
        "clocks",
        _("Deadlines by kind and level"),
        60,
        query=clocks,
        chart="stacked",
        at="received_at",
        measures=(
            Measure("kept", _("In time")),
            Measure("late", _("Too late")),
            Measure("settled", _("Ended or run out"), drawn=False),
            Ratio("share", _("In time"), "kept", "settled"),
        ),
        help=_(
            "Complaints received in this time whose deadline has ended or run out; one that ran out once is"
            " too late, whatever came after."
        ),
    ),
    _report(
        "rounds",
        _("Rounds until satisfied"),
        70,
        by="rounds",
        at="closed_at",
        where=SATISFIED,
        measures=(Measure("satisfied", _("Satisfied")),),
        help=_("0: satisfied with the first solution. Each further one began with a dissatisfied customer."),
    ),
    _cohort("models", _("By model"), 80, "bars", "model"),
    _cohort("stores", _("By dealership"), 90, "bars", "dealership_id", between=True),
    _cohort("handlers", _("By handler"), 100, "bars", "handler_id"),
    _report(
        "costs",
        _("Cost by type"),
        110,
        chart="bars",
        by="complaint_type",
        at="received_at",
        measures=(
            Measure("cost", _("Cost"), of="cost"),
            Measure("cases", _("Cases with a cost"), (("cost[empty]", "false"),), drawn=False),
            Ratio("each", _("Cost per case"), "cost", "cases", share=False),
        ),
        help=_("What the steps say a solution costs; the actual cost where it is known."),
    ),
    _report(
        "compensation",
        _("Compensation approved"),
        120,
        query=compensation,
        chart="bars",
        at="received_at",
        measures=(
            Measure("amount", _("Sum"), of="amount"),
            Measure("cases", _("Cases"), drawn=False),
            Measure("each", _("Per case"), of="each", drawn=False),
        ),
        help=_("Sums by the day they were approved."),
    ),
)
