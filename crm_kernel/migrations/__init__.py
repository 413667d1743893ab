"""Revisions of the kernel's own tables."""
