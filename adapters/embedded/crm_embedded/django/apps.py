"""The Django application, and what its system check looks at."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core import checks

from crm_embedded.django.options import forecourt_words
from crm_embedded.words import host_and_settings


class ForecourtConfig(AppConfig):
    """Brings management commands and a check; its tables are its own and not Django's."""

    name = "crm_embedded.django"
    label = "forecourt"
    verbose_name = "Forecourt"

    def ready(self) -> None:
        """Let `manage.py check` look at the settings."""
        checks.register(check_settings)


def check_settings(app_configs: Any = None, **_more: Any) -> list[checks.CheckMessage]:
    """Whether `FORECOURT` can be used at all; `manage.py crm_check` looks at the rest."""
    try:
        host_and_settings(None, forecourt_words())
    except Exception as fault:
        return [checks.Error(f"FORECOURT: {fault}", id="forecourt.E001")]
    return []
