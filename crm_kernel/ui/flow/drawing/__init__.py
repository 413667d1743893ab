"""Draws a flow: states as boxes in layers, steps as numbered arrows. Computation only, no request."""
