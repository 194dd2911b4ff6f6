"""Storage in SQLite or PostgreSQL: SQLAlchemy Core tables and statements, explicit mapping, Alembic migrations."""
