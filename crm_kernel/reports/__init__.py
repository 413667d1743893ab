"""Figures: periods, counting, and the service that answers what modules declare as reports."""
