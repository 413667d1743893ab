"""Events leave the house: signed messages to addresses the dealership names, until they are taken."""
