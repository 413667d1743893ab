"""A record's file: one dated PDF of everything said, done and decided, whose digest is kept."""
