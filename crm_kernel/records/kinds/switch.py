"""Yes or no."""

from __future__ import annotations

from typing import Any

from crm_kernel.contributions import Kind
from crm_kernel.i18n.translation import translate
from crm_kernel.records.kinds.texts import halfwidth
from crm_kernel.text import messages

_ = messages("kernel")

YES = frozenset(("1", "true", "yes", "y", "on", "是", "有", "√", "对"))
NO = frozenset(("0", "false", "no", "n", "off", "否", "无", "×", "不"))


def _switch(text: str) -> bool:
    word = halfwidth(text).lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError("switch")


def _show(value: Any, locale: str) -> str:
    return "" if value is None else translate(_("Yes") if value else _("No"), locale)


SWITCH = Kind(
    "switch",
    parse=_switch,
    show=_show,
    operators=("eq",),
    control="switch",
    messages={"switch": _("Answer with yes or no.")},
)
