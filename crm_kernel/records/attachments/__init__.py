"""Files kept with a record."""
