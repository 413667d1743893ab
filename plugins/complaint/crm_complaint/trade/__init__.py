"""Rules of the trade, as data."""
