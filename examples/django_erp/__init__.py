"""A dealer ERP on Django."""
