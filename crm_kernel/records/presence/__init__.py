"""Who else has a record open right now."""
