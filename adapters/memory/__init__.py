"""Everything in one process: an honest storage with real rollback, presence, and a clock to set."""
