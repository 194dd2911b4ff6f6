"""The command line: serve, migrate, create-admin, invite, backup, verify, restore, config, openapi."""
