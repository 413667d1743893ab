"""The revisions of this module's tables, in a version table of their own."""
