"""Pages of processes: where a record stands, the steps it may take, what somebody must approve."""
