"""What the trade knows by itself: vehicle numbers, plates, mileages. Pure functions over text."""
