"""Doubles of ports: small real implementations that only tests use."""
