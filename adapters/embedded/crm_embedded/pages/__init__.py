"""Pages of the embedded adapter."""
