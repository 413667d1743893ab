"""The list page: columns, cells, chips, views and paging, made of the query in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from crm_kernel.actor import Actor
from crm_kernel.contributions import Entity
from crm_kernel.dal.query import Query
from crm_kernel.i18n import translate
from crm_kernel.kernel import Kernel
from crm_kernel.records.fields import FieldSpec
from crm_kernel.records.query_params import parse
from crm_kernel.records.relative import WITHIN, worded
from crm_kernel.records.titles import title_fields, title_of
from crm_kernel.records.view import Page, RecordView
from crm_kernel.text import Text, messages
from crm_kernel.ui.flow.due import due_tabs
from crm_kernel.ui.records import lookups
from crm_kernel.ui.records.display import Display
from crm_kernel.ui.records.list_words import list_ways, nothing_there

_ = messages("kernel")

Params = Sequence[tuple[str, str]]
OWN = frozenset({"columns", "trail", "view", "cursor", "sort", "limit", "q", "count", "fields", "deleted"})
"""Parameters that are not filters."""
APART = frozenset({"columns", "trail", "view", "fields", "count"})
"""Parameters the service does not see."""
DEFAULT_COLUMNS = 9
EVERYTHING = "all"
"""The view that is none, where another one opens with the list."""
TRAIL = 8
CARD_CELLS = 7
"""So many columns fit on a phone's card; the record itself has the others."""
WORDED = frozenset({"date", "moment", "integer", "decimal", "money", "mileage"})
"""Kinds whose value says little on a card without its label."""

OPERATOR_WORDS: dict[str, Text] = {
    "ne": _("is not"),
    "gt": _("more than"),
    "gte": _("from"),
    "lt": _("less than"),
    "lte": _("to"),
    "in": _("one of"),
    "contains": _("contains"),
    "startswith": _("begins with"),
    "endswith": _("ends with"),
    "empty": _("empty"),
}


class ListPage:
    """One list for one person and one address; another way of showing it has a `view_name` in the address."""

    view_name = ""

    def __init__(
        self, kernel: Kernel, actor: Actor, entity: Entity, specs: Sequence[FieldSpec], params: Params
    ):
        self.kernel = kernel
        self.actor = actor
        self.entity = entity
        self.specs = {spec.name: spec for spec in specs}
        self.params = [(k, v) for k, v in params if v != "" or k == "columns"]
        self.base = f"{kernel.settings.prefix}/{entity.plural}"
        self.path = self.base + (f"/{self.view_name}" if self.view_name else "")
        self.display = Display(kernel, actor, entity)

    @property
    def one(self) -> dict[str, str]:
        """The parameters, the last of each name."""
        return dict(self.params)

    @property
    def deleted(self) -> bool:
        """Whether the list shows deleted records."""
        return self.one.get("deleted") == "true"

    @property
    def query_string(self) -> str:
        """The filters, order and columns in force, to be kept as a view."""
        kept = [(k, v) for k, v in self.params if k not in ("cursor", "trail", "view", "limit")]
        return urlencode(kept)

    def shown(self) -> list[FieldSpec]:
        """The columns: those chosen, else those the entity lists."""
        chosen = [self.specs[n] for n in self.one.get("columns", "").split(",") if n in self.specs]
        if chosen:
            return chosen
        title = self.entity.title
        listed = [spec for spec in self.specs.values() if spec.field.listed or spec.name == title]
        listed.sort(key=lambda spec: spec.name != title)
        return listed[:DEFAULT_COLUMNS] or list(self.specs.values())[:DEFAULT_COLUMNS]

    def query(self) -> Query:
        """The question to the service. Raises Invalid or Malformed for what nobody can answer."""
        asked = [(k, v) for k, v in self.params if k not in APART]
        query = parse(self.entity, list(self.specs.values()), asked, timezone=self.actor.timezone)
        names = {spec.name for spec in self.shown()} | {
            "id",
            "version",
            *title_fields(self.entity, self.specs),
        }
        return query.but(fields=tuple(sorted(names)))

    def address(self, drop: Sequence[str] = (), **changed: str | None) -> str:
        """This list's address with some parameters dropped or changed; changing starts at the first page."""
        gone = {*drop, *changed, "cursor", "trail"}
        pairs = [(k, v) for k, v in self.params if k not in gone]
        pairs += [(k, v) for k, v in changed.items() if v]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    async def build(self, page: Page, views: Sequence[Any]) -> dict[str, Any]:
        """What the template of the list region needs."""
        shown = self.shown()
        await self.display.prepare([*shown, *self._filtered_specs()], page.items, self._asked())
        return {
            **self._around(views),
            "columns": [self._column(spec, place) for place, spec in enumerate(shown)],
            "rows": self._rows(page.items, shown),
            "matching": page.next is not None,
            "previous_url": self._previous(),
            "next_url": self._next(page.next),
            "shown": translate(_("{count} shown")(count=len(page.items))) if page.items else "",
        }

    async def region(self) -> dict[str, Any]:
        """The same without rows, for another way of showing what the filters find."""
        await self.prepare_chosen()
        return {**self._around(()), "columns": [], "rows": [], "column_dialog": None, "export_url": None}

    def _around(self, views: Sequence[Any]) -> dict[str, Any]:
        """Everything but the rows: views, search, chips, what one may add."""
        name = translate(self.entity.plural_label)
        may = self.actor.may
        create = None
        if may(self.entity.permission("create")):
            label = translate(_("Add {entity}")(entity=translate(self.entity.label)))
            create = {"label": label, "url": f"{self.base}/new"}
        filtered = bool(self._filters() or self.one.get("q"))
        return {
            "id": "list",
            "entity": self.entity.name,
            "label": name,
            "url": self.address(cursor=self.one.get("cursor"), trail=self.one.get("trail")),
            "views": self._views(views),
            "search": {
                "value": self.one.get("q", ""),
                "placeholder": translate(_("Search in {entities}")(entities=name)),
            },
            "chips": self._chips(),
            "filter_dialog": "filter",
            "column_dialog": "columns",
            "export_url": self._export_url(),
            "total": "",
            "bulk": None,
            "row_menu": None,
            "bulk_total": None,
            "ways": list_ways(self.kernel, self.entity, self.base, self.view_name, self._kept()),
            "empty": nothing_there(self.actor, self.entity, filtered=filtered),
            "filtered": filtered,
            "clear_url": self.path,
            "create": create,
        }

    def _rows(self, records: Sequence[RecordView], shown: Sequence[FieldSpec]) -> list[dict[str, Any]]:
        may_change = self.actor.may(self.entity.permission("change"))
        rows = []
        for record in records:
            key = str(record.id)
            url = f"{self.base}/{key}"
            title = title_of(self.entity, record)
            first, *rest = [
                title if self._leads(spec) else self.display.listed(spec, record.get(spec.name))
                for spec in shown
            ]
            rows.append(
                {
                    "id": key,
                    "href": url,
                    "edit_href": f"{url}/edit" if may_change else None,
                    "label": title or key,
                    "deny": "",
                    "cells": [first or "—", *rest],
                }
            )
        return rows

    def _leads(self, spec: FieldSpec) -> bool:
        """Whether the column tells what a record is called, which is more than its one field says."""
        return self.entity.called is not None and spec.name == self.entity.title

    def _column(self, spec: FieldSpec, place: int) -> dict[str, Any]:
        sort = self.one.get("sort", "").split(",")[0]
        name, down = sort.lstrip("-"), sort.startswith("-")
        direction = None if name != spec.name else "descending" if down else "ascending"
        turned = spec.name if direction == "descending" else f"-{spec.name}" if direction else spec.name
        return {
            "name": spec.name,
            "label": translate(self.entity.label if self._leads(spec) else spec.label),
            "sort_url": self.address(sort=turned) if spec.field.sort else None,
            "direction": direction,
            "align": spec.kind.align,
            "cell": self._cell_class(spec, place),
            "word": spec.kind.name in WORDED,
        }

    def _cell_class(self, spec: FieldSpec, place: int) -> str:
        """What a cell is to a row; on a phone a row is a card, and this says where the cell stands on it."""
        if place == 0:
            return "crm-cell-main"
        if self.display.coloured(spec):
            return "crm-cell-state"
        found = ["crm-num"] if spec.kind.align == "right" else []
        if spec.dialable:
            found.append("crm-cell-tel")
        if not spec.field.listed or place > CARD_CELLS:
            found.append("crm-optional")
        return " ".join(found)

    def _filters(self) -> list[tuple[str, str]]:
        return [(k, v) for k, v in self.params if k not in OWN]

    def _asked(self) -> dict[str, list[str]]:
        """What the filters ask for, by field; presence is no value."""
        found: dict[str, list[str]] = {}
        for key, value in self._filters():
            if not key.endswith("[empty]"):
                found.setdefault(key.partition("[")[0], []).extend(filter(None, value.split(",")))
        return found

    def _filtered_specs(self) -> list[FieldSpec]:
        names = {key.partition("[")[0] for key, _value in self._filters()}
        return [self.specs[name] for name in names if name in self.specs]

    def _chips(self) -> list[dict[str, str]]:
        chips = []
        for key, value in self._filters():
            name, _bracket, rest = key.partition("[")
            spec = self.specs.get(name)
            label = translate(spec.label) if spec else lookups.label_of(self.entity, key)
            op = rest.rstrip("]")
            if op == WITHIN:
                text = f"{label}：{translate(worded(value))}"
            elif op == "empty":
                words = translate(_("is empty") if value == "true" else _("is filled"))
                text = f"{label} {words}"
            else:
                operator = translate(OPERATOR_WORDS[op]) if op in OPERATOR_WORDS else ""
                shown = "、".join(
                    self.display.text(spec, part) if spec else lookups.value_of(self.entity, key, part)
                    for part in value.split(",")
                )
                text = f"{label}{' ' if operator else '：'}{operator}{' ' if operator else ''}{shown}"
            chips.append({"label": text, "without_url": self.address(drop=[key])})
        return chips

    def _views(self, views: Sequence[Any]) -> list[dict[str, Any]]:
        current = self.one.get("view", "")
        plain = not self._filters() and not self.one.get("q")
        tabs = [
            {
                "label": translate(_("All")),
                "url": f"{self.path}?view={EVERYTHING}" if any(v.standard for v in views) else self.path,
                "active": current in ("", EVERYTHING) and plain,
                "count_url": None,
            }
        ]
        tabs += due_tabs(self.kernel, self.actor, self.entity, self.specs, current, self.path)
        for view in views:
            counted = [(name, value) for name, value in view.params.items() if name not in ("fields", "sort")]
            tabs.append(
                {
                    "label": view.name,
                    "url": self._view_url(view),
                    "active": current == str(view.id),
                    "count_url": f"{self.base}/count?{urlencode(counted)}",
                }
            )
        return tabs

    def opening(self, views: Sequence[Any]) -> str | None:
        """Where the bare address leads: the view that opens with the list, one's own before the shared."""
        standard = min((v for v in views if v.standard), key=lambda v: v.shared, default=None)
        if self.params or standard is None:
            return None
        return self._view_url(standard)

    def _view_url(self, view: Any) -> str:
        pairs = [("columns" if name == "fields" else name, value) for name, value in view.params.items()]
        return f"{self.path}?{urlencode([*pairs, ('view', str(view.id))])}"

    def _trail(self) -> list[str]:
        return [part for part in self.one.get("trail", "").split("~") if part]

    def _next(self, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        trail = "~".join([*self._trail(), self.one.get("cursor") or "-"][-TRAIL:])
        return self.address(cursor=cursor, trail=trail)

    def _previous(self) -> str | None:
        trail = self._trail()
        if not trail:
            return self.address() if self.one.get("cursor") else None
        return self.address(cursor=trail[-1] if trail[-1] != "-" else None, trail="~".join(trail[:-1]))

    def _export_url(self) -> str | None:
        if not self.actor.may(self.entity.permission("export")) or not self.kernel.offers("exports"):
            return None
        return self.address().replace(self.path, f"{self.base}/export-file", 1)

    def _kept(self) -> list[tuple[str, str]]:
        """What goes along to another way of showing the list: filters and search."""
        return [(k, v) for k, v in self.params if k not in (*OWN, "after") or k == "q"]

    async def prepare_chosen(self) -> None:
        """Read what the records are called that the filters name."""
        await self.display.prepare(self._filtered_specs(), (), self._asked())

    def filter_fields(self, words: Mapping[str, Mapping[str, tuple[str, str]]]) -> list[dict[str, Any]]:
        """The fields of the filter builder."""
        controls = {"integer": "number", "decimal": "number", "money": "number", "mileage": "number"}
        controls |= {"date": "date", "moment": "datetime-local"}
        declared = [
            {
                "name": spec.name,
                "label": translate(spec.label),
                "operators": list(spec.operators),
                "control": controls.get(spec.kind.name, "text"),
                **(
                    {"options": [(c, label) for c, (label, _color) in words[spec.name].items()]}
                    if words.get(spec.name)
                    else {}
                ),
            }
            for spec in self.specs.values()
            if spec.field.filter and not spec.field.reference
        ]
        return [*declared, *self._references(), *lookups.offered(self.entity).values()]

    def _references(self) -> list[dict[str, Any]]:
        """Fields that name a colleague or another record the reader may look up, with those chosen now."""
        asked = dict(self._filters())
        return [
            {
                "name": spec.name,
                "label": translate(spec.label),
                "operators": list(spec.operators),
                "control": "lookup",
                "lookup_url": f"{self.kernel.settings.prefix}/lookup/{spec.field.reference}",
                "options": [
                    (value, self.display.text(spec, value))
                    for key, values in asked.items()
                    if key in (spec.name, f"{spec.name}[ne]", f"{spec.name}[in]")
                    for value in values.split(",")
                ],
            }
            for spec in self.specs.values()
            if spec.field.filter and self._may_look_up(spec.field.reference)
        ]

    def _may_look_up(self, name: str | None) -> bool:
        if name == "staff":
            return True
        entity = self.kernel.registry.entity(name) if name else None
        return entity is not None and self.actor.may(entity.permission("view"))

    def column_choices(self) -> list[dict[str, Any]]:
        """The columns one may choose, the shown ones first and in their order."""
        shown = self.shown()
        rest = [
            spec for spec in self.specs.values() if spec not in shown and spec.name not in ("id", "version")
        ]
        return [
            {
                "name": s.name,
                "label": translate(s.label),
                "shown": s in shown,
                "fixed": s.name == self.entity.title,
            }
            for s in (*shown, *rest)
        ]
