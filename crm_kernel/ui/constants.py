"""Parts of a page that are the same for everybody who reads the same language and has the same rights."""

from __future__ import annotations

from collections.abc import Hashable

from jinja2 import Environment
from markupsafe import Markup

from crm_kernel.i18n import current_locale


class Constants:
    """Draws such a part once and keeps it; templates call it as `constant`.

    The part sees the environment's globals and the given values alone, so that nothing of one person's page
    can stay for another. Give values of which there are few: rights and addresses, never records.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._drawn: dict[Hashable, Markup] = {}

    def __call__(self, template: str, **values: Hashable) -> Markup:
        """The part in the reader's language."""
        key = template, current_locale(), *values.items()
        found = self._drawn.get(key)
        if found is None:
            text = self._environment.get_template(template).render(values)
            found = self._drawn[key] = Markup(text)  # noqa: S704 - autoescaped
        return found
