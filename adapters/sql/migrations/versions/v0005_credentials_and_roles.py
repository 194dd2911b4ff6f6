"""Credentials stand apart from users; server roles have the names of the wire, and an account may be suspended.

The column of hashes goes at once, so that they are kept in one place: nobody signs in any more by a server of an
earlier version that is still running. SQLite drops columns since 3.35, and the tables are STRICT, which needs 3.37.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Move the hashes, rename the roles."""
    op.create_table(
        "credentials",
        sa.Column("user_id", _NUMBER, nullable=False, autoincrement=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="credentials_user_id"),
        sa.PrimaryKeyConstraint("user_id", name="credentials_key"),
        sqlite_strict=True,
    )
    op.execute("INSERT INTO credentials (user_id, password_hash) SELECT id, password_hash FROM users")
    op.drop_column("users", "password_hash")
    op.add_column("users", sa.Column("suspended_at", _NUMBER, nullable=True))
    op.execute("UPDATE users SET role = CASE role WHEN 'admin' THEN 'administrator' ELSE 'member' END")
