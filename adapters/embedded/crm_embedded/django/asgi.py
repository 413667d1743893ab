"""For the project's `asgi.py`: `application = dispatch(get_asgi_application())`."""

from __future__ import annotations

from typing import Any

from crm_embedded.asgi import Forecourt
from crm_embedded.django.options import forecourt_words
from crm_embedded.django.people import who_under_asgi


class Dispatch:
    """Below our path it is Forecourt's, everything else is Django's, which knows no lifespan."""

    def __init__(self, django: Any, forecourt: Forecourt) -> None:
        self._django = django
        self.forecourt = forecourt

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        prefix = self.forecourt.settings.prefix
        path = scope.get("path", "")
        ours = scope["type"] == "lifespan" or path == prefix or path.startswith(prefix + "/")
        await (self.forecourt if ours else self._django)(scope, receive, send)


def dispatch(django: Any) -> Dispatch:
    """Django's application with Forecourt beside it, as `settings.FORECOURT` says."""
    return Dispatch(django, Forecourt(who_under_asgi, **forecourt_words()))
