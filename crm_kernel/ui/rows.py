"""The rows of a list, drawn in Python: a template takes several times as long for every cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from crm_kernel.i18n import translate
from crm_kernel.text import messages
from crm_kernel.ui.assets import Assets

_ = messages("kernel")


class Rows:
    """Draws what `crm/parts/list_region.html` describes as `list.rows`; templates call it as `table_rows`."""

    def __init__(self, assets: Assets) -> None:
        self._dots = assets.icon("dots")

    def __call__(self, listed: Mapping[str, Any]) -> Markup:
        """All rows of the list; cells that are no markup are escaped."""
        place = escape(listed["id"])
        main, *others = [_Cell(column) for column in listed["columns"]]
        check = _check() if listed.get("bulk") else ""
        menu = self._menu() if listed.get("row_menu") else ""
        drawn = []
        for row in listed["rows"]:
            key, href, label = escape(row["id"]), escape(row["href"]), escape(row["label"])
            edit = f' data-edit-href="{escape(row["edit_href"])}"' if row.get("edit_href") else ""
            deny = f' data-menu-deny="{escape(row["deny"])}"' if row.get("deny") else ""
            first, *rest = row["cells"]
            cells = "".join([cell.draw(value) for cell, value in zip(others, rest, strict=True)])
            drawn.append(
                f'<tr id="{place}-{key}" data-id="{key}" data-href="{href}" data-label="{label}"{edit}{deny}'
                f' tabindex="-1">{check.format(key=key, row=label)}'
                f'{main.opening(first)}<a href="{href}">{escape(first)}</a></td>'
                f"{cells}{menu.format(row=label)}</tr>"
            )
        return Markup("\n".join(drawn))  # noqa: S704 - every value above went through escape

    def _menu(self) -> str:
        words = escape(translate(_("Menu of {row}")))
        return (
            '<td class="crm-menu-cell"><button type="button" class="btn btn-ghost btn-icon btn-sm"'
            f' data-row-menu aria-haspopup="menu" aria-label="{words}">{self._dots}</button></td>'
        )


def _check() -> str:
    words = escape(translate(_("Choose {row}")))
    return (
        '<td class="crm-check"><input class="form-check-input" type="checkbox" data-select value="{key}"'
        f' aria-label="{words}"></td>'
    )


class _Cell:
    """What the cells of a column have in common."""

    def __init__(self, column: Mapping[str, Any]) -> None:
        kind = f' class="{escape(column["cell"])}"' if column.get("cell") else ""
        self._plain = f"<td{kind}>"
        self._labelled = (
            f'<td{kind} data-label="{escape(column["label"])}">' if column.get("word") else self._plain
        )

    def opening(self, value: Any) -> str:
        """The cell's tag; an empty cell is not labelled."""
        return self._labelled if value else self._plain

    def draw(self, value: Any) -> str:
        """The whole cell."""
        # Letters, digits and Chinese characters alone need no escaping, and most cells are made of them.
        shown = value if type(value) is str and value.isalnum() else escape(value)
        return f"{self.opening(value)}{shown}</td>"
