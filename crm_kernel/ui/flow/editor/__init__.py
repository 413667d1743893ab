"""Pages on which a dealership edits its flows, publishes versions, and moves running records to them."""
