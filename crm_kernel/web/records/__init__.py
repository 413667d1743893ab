"""The API of every entity, made of what the entity declares."""
