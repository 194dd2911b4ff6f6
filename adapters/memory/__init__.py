"""Everything in one process: an honest storage with real rollback, a bus, presence, and a clock to set."""
