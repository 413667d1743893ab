"""Statements over the tables of this module."""
