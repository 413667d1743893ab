"""Revisions of the toy plugin."""
