"""Collects the wordings of code and templates into catalogues."""
