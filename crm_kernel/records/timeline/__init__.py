"""What happened to a record, in one line each, newest first."""
