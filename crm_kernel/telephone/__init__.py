"""Calling people from their record, through whatever telephone system the house has."""
