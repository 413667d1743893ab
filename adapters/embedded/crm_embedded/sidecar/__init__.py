"""Forecourt beside a host in any language: behind its reverse proxy, trusting what it signs."""
