"""The ERP with Forecourt around it, for a WSGI server."""

from __future__ import annotations

import os

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "examples.django_erp.settings")
django = StaticFilesHandler(get_wsgi_application())

from crm_embedded.django.wsgi import dispatch  # noqa: E402 - needs Django's settings

application = dispatch(django)
