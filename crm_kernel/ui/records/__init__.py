"""Pages of every entity: list, record, form. What an entity declares is all they need."""
