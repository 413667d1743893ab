"""Administration: roles and who holds them, the organisation and its people, sharing between dealerships."""
