"""Lists as people arranged them: filters, order and columns under a name."""
