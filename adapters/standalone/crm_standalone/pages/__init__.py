"""Pages of the product itself: signing in, applying for an account, one's own profile."""
