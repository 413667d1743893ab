"""For the project's `wsgi.py`: `application = dispatch(get_wsgi_application())`."""

from __future__ import annotations

from typing import Any

from crm_embedded.django.options import forecourt_words
from crm_embedded.django.people import who_under_wsgi
from crm_embedded.wsgi import Forecourt


def dispatch(django: Any) -> Forecourt:
    """Django's application with Forecourt beside it, as `settings.FORECOURT` says."""
    return Forecourt(django, who_under_wsgi, **forecourt_words())
