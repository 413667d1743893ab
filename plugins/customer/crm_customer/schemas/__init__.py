"""What programs send: one struct for a new record, one for a change, UNSET where a field stays as it is."""
