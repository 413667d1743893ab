"""What may be wrong with an installation, for `crm check` and its like in hosts."""
