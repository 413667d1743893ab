"""Pages for people: the shell, lists, records and forms of every entity, administration."""
