"""The cards of a board, drawn in Python like the rows of a list: a board has hundreds of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup, escape

from crm_kernel.i18n import translate
from crm_kernel.text import messages
from crm_kernel.ui.assets import Assets
from crm_kernel.ui.badges import badge

_ = messages("kernel")

Card = Mapping[str, Any]


class BoardCards:
    """Draws what `crm/macros/board.html` describes as a card; templates call it as `board_cards`."""

    def __init__(self, assets: Assets) -> None:
        self._arrows = assets.icon("arrows-move-horizontal")

    def __call__(self, cards: Iterable[Card]) -> Markup:
        """All of them; values that are no markup are escaped."""
        before, _card, after = str(escape(translate(_("Move {card}")))).partition("{card}")
        to = escape(translate(_("Move to")))
        drawn = []
        for card in cards:
            label, url = escape(card["label"]), escape(card["url"])
            late = " crm-card--late" if card.get("late") else ""
            targets = f' data-to="{escape(card["to"])}"' if "to" in card else ""
            lines = [f'<div class="crm-card-line">{escape(line)}</div>' for line in card.get("lines", ())]
            drawn.append(
                f'<article class="crm-card{late}" id="card-{escape(card["id"])}" data-card{targets}'
                f' data-id="{escape(card["id"])}" data-version="{escape(card.get("version", ""))}"'
                f' data-label="{label}" data-href="{url}">'
                f'<div class="crm-card-head"><a href="{url}">{label}</a>'
                '<button type="button" class="btn btn-ghost btn-icon btn-sm" data-board-move'
                f' aria-haspopup="menu" aria-label="{before}{label}{after}" title="{to}">{self._arrows}'
                f'</button></div>{"".join(lines)}<div class="crm-card-foot">{_foot(card)}</div></article>'
            )
        return Markup("\n".join(drawn))  # noqa: S704 - every value above went through escape


def _foot(card: Card) -> str:
    state, when, owner = card.get("badge"), card.get("when"), card.get("owner")
    shown = f"{badge(state['tone'], state['label']) if state else ''}{escape(card.get('foot') or '')}"
    said = f'<span class="crm-card-line crm-card-when">{escape(when)}</span>' if when else ""
    return f"<span>{shown}</span>{said}{_avatar(owner) if owner else ''}"


def _avatar(name: str) -> str:
    first = escape(name[:1])
    return f'<span class="crm-avatar crm-avatar--sm" aria-hidden="true" title="{escape(name)}">{first}</span>'
