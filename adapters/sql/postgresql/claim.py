"""The lock on a database: shared by any number of servers, or held by one process that changes what servers count on.

Each connection of a storage shares an advisory lock, for as long as it lives; a restore asks for it alone, and so does
a migration that stops the servers.
"""

import time
from typing import Final

from sqlalchemy import Connection, func, select

from chat_domain.model.errors import Conflict

_LOCK: Final = 0x7061726C657901
SHARED: Final = f"SELECT pg_advisory_lock_shared({_LOCK})"

ENDED_WITHIN: Final = 5.0
"""Seconds that PostgreSQL may take to notice that a server is gone."""


def keep_servers_off(connection: Connection) -> None:
    """Let no storage connect until the transaction ends; raises Conflict where one is connected."""
    deadline = time.monotonic() + ENDED_WITHIN
    while not connection.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
        if time.monotonic() > deadline:
            raise Conflict("The database is in use by a `parley serve` or another command: stop every one first.")
        time.sleep(0.05)
