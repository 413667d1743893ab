"""A module somebody might write: its pages are made of the board, the calendar and the figures."""
