"""Sweeps that kill the product at every point where it could die, and compare what is left."""
