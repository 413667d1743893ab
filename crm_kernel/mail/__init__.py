"""Mailboxes that are read, and the messages in them, for whichever module takes them."""
