"""The lock by which one of many processes runs the consumers: an advisory lock on a connection of its own.

PostgreSQL lets go of it when the connection ends, of which the process that had it may not know yet. So whoever gets it
waits for as long as an answer on that connection may be counted on.
"""

import time
from typing import Final

import psycopg2
from sqlalchemy import PoolProxiedConnection

from adapters.sql.postgresql.connections import PATIENCE, Pool
from chat_domain.model.errors import Unavailable
from chat_domain.ports.consumers import PAGE_WITHIN, ConsumerLock

_LOCK: Final = 0x7061726C657902
_TAKE: Final = f"SELECT pg_try_advisory_lock({_LOCK})"
_STILL_THERE: Final = "SELECT 1"

LEASE: Final = 5.0
"""Seconds from a question on the connection, if it is answered, for which the lock counts as held. Of these the last
PAGE_WITHIN are for what was begun; the others are for renewals that come late."""


class PostgresConsumerLock(ConsumerLock):
    """One connection, of which everything but `is_held` must not be called twice at a time."""

    def __init__(self, url: str, *, lease: float = LEASE, reserve: float = PAGE_WITHIN) -> None:
        self._pool = Pool(url, PATIENCE, autocommit=True)
        self._lease = lease
        self._reserve = reserve
        self._connection: PoolProxiedConnection | None = None
        self._is_ours = False
        self._from = self._until = float("-inf")

    def renew(self) -> None:
        asked = time.monotonic()
        try:
            self._connection = self._connection or self._pool.connect()
            answer = self._ask(self._connection, _STILL_THERE if self._is_ours else _TAKE)
        except psycopg2.Error as error:
            self._drop()
            raise Unavailable from error
        if answer and not self._is_ours:
            self._is_ours = True
            self._from = time.monotonic() + self._lease
        if self._is_ours:
            self._until = asked + self._lease

    def is_held(self) -> bool:
        return self._from <= time.monotonic() < self._until - self._reserve

    def release(self) -> None:
        self._drop()
        self._pool.engine.dispose()

    def _ask(self, connection: PoolProxiedConnection, question: str) -> bool:
        cursor = connection.cursor()
        cursor.execute(question)
        ((answer,),) = cursor.fetchall()
        return bool(answer)

    def _drop(self) -> None:
        """End the connection, and the lock with it."""
        connection, self._connection = self._connection, None
        self._is_ours, self._until = False, float("-inf")
        if connection:
            connection.invalidate()
            connection.close()
