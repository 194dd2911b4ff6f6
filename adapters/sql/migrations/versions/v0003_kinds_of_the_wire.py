"""Events have one name everywhere: the kind that is stored is the type on the wire."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_KINDS = {
    "posted": "message",
    "edited": "message_edited",
    "erased": "message_deleted",
    "joined": "user_join",
    "left": "user_left",
    "role": "room_changed",
    "room": "room_changed",
}


def upgrade() -> None:
    """Rename the kinds."""
    events = sa.table("events", sa.column("type", sa.Text()))
    renamed = sa.case(_KINDS, value=events.c.type, else_=events.c.type)
    op.execute(sa.update(events).where(events.c.type.in_(list(_KINDS))).values(type=renamed))
