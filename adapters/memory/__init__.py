"""Storage in the memory of one process, with real rollback, for development and tests."""
