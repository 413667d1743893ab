"""Forecourt as a Django application: in INSTALLED_APPS, with its settings in `FORECOURT`."""
