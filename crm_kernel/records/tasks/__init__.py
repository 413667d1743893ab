"""What somebody is to do by when, on its own or about a record."""
