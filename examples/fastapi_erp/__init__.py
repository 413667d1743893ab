"""A dealer ERP on FastAPI."""
