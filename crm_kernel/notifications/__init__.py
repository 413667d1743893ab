"""Telling people: in the product, by mail, by SMS."""
