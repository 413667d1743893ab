"""Deliveries and their results as XML, for systems that speak nothing else.

<sync source="erp">
  <row external_id="C-1">
    <name>张伟</name>
    <phones><item>13800008000</item><item><number>021-51021808</number><kind>office</kind></item></phones>
    <remark/>                                    <!-- an empty element empties the field -->
  </row>
</sync>
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from crm_kernel.errors import Malformed, TooLarge
from crm_kernel.i18n import translate
from crm_kernel.sync.rows import EXTERNAL_ID, MOST_FIELDS, MOST_ROWS
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.sync.service import BatchResult

_ = messages("kernel")

MOST_BYTES = 8 << 20
DEEPEST = 3
"""Levels below a row: a field, an item of a list, a part of an item."""
_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read(body: bytes) -> tuple[str, list[dict[str, Any]]]:
    """The source and the rows of a delivery. Raises Malformed, and TooLarge for too many bytes, rows or
    fields.

    Documents with a DTD or entities of their own are refused.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(body) > MOST_BYTES:
        raise TooLarge(_("Send at most {size} MB at a time.")(size=MOST_BYTES >> 20))
    try:
        root = fromstring(body, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as fault:
        raise Malformed(_("XML with a DTD or with entities of its own is not read.")) from fault
    except (ParseError, ValueError, LookupError) as fault:
        raise Malformed(_("The body is not valid XML.")) from fault
    if root.tag != "sync" or any(row.tag != "row" for row in root):
        raise Malformed(_("The XML must be a <sync> with a <row> for each record."))
    if len(root) > MOST_ROWS:
        raise TooLarge(_("Send at most {most} rows at a time.")(most=MOST_ROWS))
    return root.get("source", ""), [_row(row) for row in root]


def _row(row: Any) -> dict[str, Any]:
    if len(row) > MOST_FIELDS:
        raise TooLarge(_("A row has too many fields."))
    values = {field.tag: _value(field, 1) for field in row}
    if len(values) != len(row):
        raise Malformed(_("A row names a field twice."))
    name = row.get(EXTERNAL_ID)
    return values if name is None else {**values, EXTERNAL_ID: name}


def _value(element: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise Malformed(_("The XML is nested too deeply."))
    if len(element) > MOST_FIELDS:
        raise TooLarge(_("A row has too many fields."))
    text = (element.text or "").strip()
    if not len(element):
        currency = element.get("currency")
        if currency is not None:
            return {"amount": text, "currency": currency}
        return text or None
    if all(child.tag == "item" for child in element):
        return [_value(child, depth + 1) for child in element]
    return {child.tag: _value(child, depth + 1) for child in element}


def write(batch: BatchResult, locale: str) -> bytes:
    """What became of a delivery."""
    counts = {name: batch.count(name) for name in ("created", "changed", "unchanged", "rejected")}
    head = {
        "batch": batch.id,
        "kind": batch.kind,
        "source": batch.source,
        "rows": len(batch.outcomes),
        **counts,
    }
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<result{_attributes(head)}>"]
    for one in batch.outcomes:
        about = {EXTERNAL_ID: one.row.external_id, "result": one.result, "id": one.record_id}
        inner = [
            f"<error{_attributes({'field': error.field, 'code': error.code})}>"
            f"{_text(translate(error.message, locale))}</error>"
            for error in one.errors
        ]
        inner += [f"<warning>{_text(code)}</warning>" for code in one.warnings]
        lines.append(f"<row{_attributes(about)}>{''.join(inner)}</row>")
    return "\n".join([*lines, "</result>", ""]).encode()


def _attributes(values: Mapping[str, Any]) -> str:
    given: Iterable[tuple[str, Any]] = ((name, value) for name, value in values.items() if value is not None)
    return "".join(f" {name}={quoteattr(_UNSPEAKABLE.sub('?', str(value)))}" for name, value in given)


def _text(text: str) -> str:
    return escape(_UNSPEAKABLE.sub("?", text))
