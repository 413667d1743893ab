"""The service `reports`: figures within what each person may see, as rows, as files, on paper."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from crm_kernel.access.permitted import public
from crm_kernel.actor import Actor, Scope
from crm_kernel.contributions import Asked, ByMonth, Entity, Measure, Ratio, Report, ReportRow
from crm_kernel.contributions.reports import Filters
from crm_kernel.errors import Forbidden, Invalid, NotFound
from crm_kernel.i18n import translate
from crm_kernel.records.exports.formats import FORMATS
from crm_kernel.records.exports.service import Export
from crm_kernel.records.kinds import Money
from crm_kernel.records.wording import Cell as FileCell
from crm_kernel.reports.answering import Answer, Answering, narrowed
from crm_kernel.reports.periods import Period, period_of
from crm_kernel.reports.views import Cell, Column, Line, PeriodView, ReportLine, ReportView, Unit, Value
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("kernel")


class Reports:
    """Offered as `reports`. Each report's own permission is checked inside, hence @public: it, and the right
    to view the records that are counted."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @public
    async def list(self, actor: Actor, page: str | None = None) -> Sequence[ReportLine]:
        """The reports this person may see, in their order; of one page, or of all."""
        found = sorted(self._kernel.registry.of(Report), key=lambda one: one.order)
        return [
            ReportLine(one.name, one.label, one.page, one.chart, one.wide, _dated(one))
            for one in found
            if page in (None, one.page) and await self._there(actor, one)
        ]

    async def _there(self, actor: Actor, report: Report) -> bool:
        owner = self._kernel.registry.owner(report)
        entity = self._entity(report)
        rights = [report.permission, *([entity.permission("view")] if entity else [])]
        if owner in actor.grants.modules_off or not all(actor.may(one) for one in rights):
            return False
        if report.between and min(actor.access(one).scope for one in rights) < Scope.REGION:
            return False
        if entity is None:
            return True
        names = {spec.name for spec in await self._kernel.service("records").fields(actor, entity)}
        needed = {one for one in (report.by, report.across) if isinstance(one, str) and one}
        return needed <= names

    @public
    async def run(
        self, actor: Actor, name: str, params: Mapping[str, str], *, compare: bool = True
    ) -> ReportView:
        """A report for the period that `period`, `from` and `to` name, beside the period before.

        Raises NotFound for one that this person does not see, Forbidden without its right, Invalid.
        """
        report = self._named(actor, name)
        if not await self._there(actor, report):
            raise NotFound()
        now = self._kernel.clock.now()
        period = period_of(params, now, actor.timezone) if _dated(report) else None
        before = period.before() if period is not None and compare else None
        if period is not None and isinstance(report.by, ByMonth):
            period, before = period.stretched(report.by.least), None
        answer = await self._answer(actor, report, period, before)
        entity = self._entity(report)
        return ReportView(
            report.name,
            report.label,
            report.help,
            report.chart,
            report.wide,
            entity.name if entity else "",
            answer.head,
            _period(period),
            _period(before),
            answer.columns,
            answer.rows,
            answer.total,
            answer.mixed,
            entity is None or actor.may(entity.permission("export")),
        )

    @public
    async def export(
        self, actor: Actor, name: str, params: Mapping[str, str], *, format: str = "csv"
    ) -> Export:
        """A report as a file, for those who may copy out the records behind it. Logged before it leaves.

        Raises NotFound, Forbidden, Invalid.
        """
        if format not in FORMATS:
            raise Invalid.one("format", "choice", _("This is not one of the choices."))
        view = await self.run(actor, name, params)
        if not view.may_export:
            raise Forbidden(f"{view.entity}.export")
        await self._log(actor, "exported", view.entity, name, params, format=format)
        way, rows = FORMATS[format], FileRows(view, actor.locale)
        filename = f"{name.replace('.', '-')}-{self._kernel.clock.now().date().isoformat()}.{way.name}"
        folder = self._kernel.settings.home / "tmp"
        return Export(filename, way.media_type, len(view.rows), way.write(rows, folder))

    @public
    async def printing(self, actor: Actor, page: str, params: Mapping[str, str]) -> Sequence[ReportView]:
        """All reports of a page at once, for paper; noted in the access log. Raises NotFound, Forbidden."""
        lines = await self.list(actor, page)
        if not lines:
            raise NotFound()
        found = [await self.run(actor, line.name, params) for line in lines]
        for entity in sorted({view.entity for view in found if view.entity}):
            declared = self._kernel.registry.entity(entity)
            if declared is not None:
                actor.access(declared.permission("print"))
            await self._log(actor, "printed", entity, page, params)
        return found

    async def _log(
        self, actor: Actor, verb: str, entity: str, name: str, params: Mapping[str, str], **more: str
    ) -> None:
        detail = {
            "report": name,
            **{k: v for k, v in params.items() if k in ("period", "from", "to")},
            **more,
        }
        await self._kernel.service("audit").accessed(actor, verb, entity, None, detail)

    def _named(self, actor: Actor, name: str) -> Report:
        for report in self._kernel.registry.of(Report):
            if report.name == name and self._kernel.registry.owner(report) not in actor.grants.modules_off:
                actor.access(report.permission)
                return report
        raise NotFound()

    def _entity(self, report: Report) -> Entity | None:
        return self._kernel.registry.entity(report.entity) if report.entity else None

    async def _answer(
        self, actor: Actor, report: Report, period: Period | None, before: Period | None
    ) -> Answer:
        entity = self._entity(report)
        rights = [report.permission, *([entity.permission("view")] if entity else [])]
        reader = narrowed(actor, *rights)
        path, more = self._list_of(actor, reader, entity)
        if report.query is not None:
            return await self._queried(reader, report, period, before, path, more)
        if entity is None:
            raise NotFound()
        specs = await self._kernel.service("records").fields(reader, entity)
        asked = self._asked(actor, period)
        counting = Answering(self._kernel, reader, report, entity, specs, asked, path, more)
        return await counting.answer(period, before)

    def _asked(self, actor: Actor, period: Period | None) -> Asked:
        start, end = period.moments(actor.timezone) if period is not None else (None, None)
        return Asked(start, end, self._kernel.clock.now(), actor.timezone)

    def _list_of(self, actor: Actor, reader: Actor, entity: Entity | None) -> tuple[str, Filters]:
        """Where the records behind the numbers are listed; nowhere for those whose list shows more."""
        if entity is None or not entity.pages:
            return "", ()
        view = entity.permission("view")
        if actor.access(view).scope != reader.access(view).scope:
            return "", ()
        shared = any(rule.entity == entity.name for rule in actor.grants.shared)
        own = ((("dealership_id", str(actor.place.dealership_id)),)) if shared else ()
        return f"/{entity.plural}", own

    async def _queried(
        self,
        reader: Actor,
        report: Report,
        period: Period | None,
        before: Period | None,
        path: str,
        more: Filters,
    ) -> Answer:
        """What the module reckoned itself."""
        query = report.query
        assert query is not None  # noqa: S101 - said by the caller
        access = reader.access(report.permission)
        rows = await query(self._kernel, access, self._asked(reader, period))
        former: dict[str, ReportRow] = {}
        if before is not None:
            old = await query(self._kernel, access, self._asked(reader, before))
            former = {_words(row, reader): row for row in old}
        lines = []
        for row in rows:
            label = _words(row, reader)
            was = former.get(label)
            cells = []
            for one in report.measures:
                filters = row.behind.get(one.key)
                behind = f"{path}?{urlencode((*filters, *more))}" if path and filters is not None else ""
                old_value = _number(one, was) if was is not None else None
                cells.append(Cell(_number(one, row), old_value, behind))
            lines.append(Line(label, label, cells))
        columns = [Column(one.key, one.label, _unit(one), one.drawn) for one in report.measures]
        return Answer("", columns, lines, None, False)


class FileRows:
    """A report as the rows of a file."""

    def __init__(self, view: ReportView, locale: str) -> None:
        self._view = view
        self._locale = locale

    async def heads(self) -> list[str]:
        """The first line: each column, and what it was before."""
        words = [translate(self._view.head, self._locale)]
        for column in self._view.columns:
            label = translate(column.label, self._locale)
            words.append(label)
            if self._view.compared is not None:
                words.append(translate(_("{column}, before")(column=label), self._locale))
        return words

    async def pages(self) -> AsyncIterator[list[list[FileCell]]]:
        """The lines below it."""
        lines = [*self._view.rows, *([self._view.total] if self._view.total else [])]
        yield [[line.label, *self._cells(line)] for line in lines]

    def _cells(self, line: Line) -> list[FileCell]:
        found: list[FileCell] = []
        for cell in line.cells:
            found.append(_plain(cell.value))
            if self._view.compared is not None:
                found.append(_plain(cell.before))
        return found


def _plain(value: Value) -> FileCell:
    if value is None:
        return ""
    return value.amount if isinstance(value, Money) else value


def _dated(report: Report) -> bool:
    return bool(report.at) or any(isinstance(one, Measure) and one.at for one in report.measures)


def _period(period: Period | None) -> PeriodView | None:
    return None if period is None else PeriodView(period.key, period.first, period.last)


def _words(row: ReportRow, reader: Actor) -> str:
    return translate(row.label, reader.locale)


def _unit(one: Measure | Ratio) -> Unit:
    if isinstance(one, Ratio):
        return "share" if one.share else "each"
    return "money" if one.of else ""


def _number(one: Measure | Ratio, row: ReportRow) -> Value:
    if isinstance(one, Ratio):
        part, whole = row.values.get(one.part), row.values.get(one.whole)
        return None if part is None or not whole else round(Decimal(str(part)) / Decimal(str(whole)), 4)
    found = row.values.get(one.key)
    if found is None:
        return None
    if one.of:
        return Money(Decimal(str(found)), row.currency)
    return found if isinstance(found, int) else Decimal(str(found))
