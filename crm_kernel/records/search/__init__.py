"""Finding records by part of a name, a number, a plate: tokens made here, indexed by each database."""
