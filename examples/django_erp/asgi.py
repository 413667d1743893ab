"""The ERP with Forecourt beside it, for an ASGI server."""

from __future__ import annotations

import os

from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "examples.django_erp.settings")
django = ASGIStaticFilesHandler(get_asgi_application())

from crm_embedded.django.asgi import dispatch  # noqa: E402 - needs Django's settings

application = dispatch(django)
