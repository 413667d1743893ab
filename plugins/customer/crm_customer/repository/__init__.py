"""Statements over this module's tables: they return rows and never commit."""
