"""SQLite: one file, which many connections read; in each process one writes, for all units of work that wait."""
