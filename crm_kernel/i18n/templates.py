"""Words, dates, numbers and money in Jinja templates."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from crm_kernel.i18n import formats
from crm_kernel.i18n.catalogues import catalogues
from crm_kernel.i18n.locales import current_locale
from crm_kernel.i18n.translation import lookup, lookup_plural, translate


def install(environment: Environment) -> None:
    """Give an environment `_()`, `ngettext()`, `{% trans %}` and the filters below.

    A template's domain is the first part of its name (`loan/record.html`), else the kernel's.
    Filters: `translate`, `date`, `moment`, `clock_time`, `relative`, `number`, `percent`, `money`.
    """
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        _gettext, _ngettext, newstyle=True
    )
    environment.filters.update(
        translate=translate,
        date=formats.date,
        moment=formats.moment,
        clock_time=formats.clock_time,
        relative=formats.relative,
        number=formats.number,
        percent=formats.percent,
        money=formats.money,
    )
    environment.globals["locale"] = current_locale


def _domain(context: Context) -> str:
    first = (context.name or "").partition("/")[0]
    return first if first in catalogues else "kernel"


@pass_context
def _gettext(context: Context, msgid: Any) -> str:
    return (
        translate(msgid) if not isinstance(msgid, str) else lookup(_domain(context), msgid, current_locale())
    )


@pass_context
def _ngettext(context: Context, singular: str, plural: str, count: int) -> str:
    return lookup_plural(_domain(context), singular, plural, count, current_locale())
