"""Small dealer ERPs with Forecourt inside."""
