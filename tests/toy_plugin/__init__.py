"""A module that brings something through every hook there is: loan cars of the workshop."""
