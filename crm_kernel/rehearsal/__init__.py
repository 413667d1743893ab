"""Trying an upgrade on a copy: the new set of packages, the contracts, a report; the original is read."""
