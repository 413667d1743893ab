"""Accounts: how people of the dealership sign in when no host knows them."""
