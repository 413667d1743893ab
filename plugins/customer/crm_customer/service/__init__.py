"""The verbs of this module: permission, rules, transaction, events."""
