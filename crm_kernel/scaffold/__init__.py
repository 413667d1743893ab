"""Tools for those who write plugins: a new distribution to begin with, and revisions of its tables."""
