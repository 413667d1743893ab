"""A dealer ERP on Flask."""
