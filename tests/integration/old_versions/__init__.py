"""Data of every released version: each of its databases and backups opens, with everything in it."""
