"""Revisions of the embedded adapter's tables."""
