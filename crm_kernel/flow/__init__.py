"""State machines as data, the clocks that run in them, and approvals: for every module that has a process."""
