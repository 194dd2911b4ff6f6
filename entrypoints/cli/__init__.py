"""The command line: serve, migrate, create-admin, invite, config."""
