"""Signing in through an OpenID provider: the code flow with PKCE, and its word that somebody is out."""
