"""Records of other systems: pushed by the systems' own ids, read from them on a schedule, and accounted
for."""
