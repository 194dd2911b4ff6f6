"""SQLite: one file, which many connections read; in each process one writes, and those who wait share its commit."""
