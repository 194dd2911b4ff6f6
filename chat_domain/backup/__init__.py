"""Backups: what they hold, when they are valid, in which formats they were ever written, and the service."""
