"""SQLite: one process, one file. What waits to be written shares transactions."""
