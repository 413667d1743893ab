"""The refused rows as a file of the same form, with why at the end: to be corrected and imported again."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence

import msgspec

from crm_kernel.i18n import translate
from crm_kernel.records.cells import guard, unguard
from crm_kernel.records.imports.models import ImportReject
from crm_kernel.text import Text, messages

_ = messages("kernel")

REASONS: Mapping[str, Text] = {
    "name": _("the name is missing"),
    "mobile": _("not a mobile number"),
    "phone": _("not a telephone number"),
    "date": _("not a date"),
    "date_order": _("the settlement is before the arrival"),
    "amount": _("not an amount"),
    "number": _("not a number"),
    "choice": _("not one of the possible values"),
    "email": _("not an e-mail address"),
    "id_number": _("not an ID number"),
    "customer": _("there is no such customer"),
    "vehicle": _("there is no such vehicle"),
    "vin": _("not a VIN of 17 legal characters"),
    "plate": _("not a licence plate"),
    "deleted": _("this record was deleted; restore it first"),
    "too_long": _("too long"),
    "required": _("must not be empty"),
    "taken": _("belongs to another record already"),
}
"""What the common reasons mean; a kind brings messages of its own for others."""


def explain(reason: str, locale: str, more: Mapping[str, Text]) -> str:
    """A reason in words."""
    return translate(more.get(reason) or REASONS.get(reason) or Text(reason), locale)


def reason_heads(locale: str) -> tuple[str, str, str]:
    """Heads of the three columns added to a file of refused rows: line, column, reason."""
    return translate(_("Line"), locale), translate(_("Column"), locale), translate(_("Reason"), locale)


async def as_csv(
    heads: Sequence[str], rows: AsyncIterator[ImportReject], locale: str, more: Mapping[str, Text]
) -> AsyncIterator[str]:
    """The file in pieces: all original columns as written, then line, columns and reasons."""
    yield "\ufeff" + _line([*heads, *reason_heads(locale)])
    separator = "；" if locale.startswith("zh") else "; "
    async for row in rows:
        cells = msgspec.json.decode(row.cells, type=list[str])
        cells = (cells + [""] * len(heads))[: len(heads)]
        columns = separator.join(error["column"] for error in row.errors)
        reasons = separator.join(explain(error["reason"], locale, more) for error in row.errors)
        yield _line([*cells, str(row.line), columns, reasons])


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([guard(unguard(cell)) for cell in cells])
    return out.getvalue()
