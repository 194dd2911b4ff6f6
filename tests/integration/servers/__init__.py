"""Real servers for tests: PostgreSQL, Valkey, Parley itself, and a browser."""
