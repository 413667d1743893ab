"""What people wrote down about a record: notes, calls, visits."""
