"""Storage and presence in the memory of one process: a storage with real rollback, for development and tests."""
