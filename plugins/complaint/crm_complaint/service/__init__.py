"""The verbs of this module."""
