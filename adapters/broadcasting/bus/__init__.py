"""The bus between processes: what one of them committed, the others are told of as a hint.

From the bytes up: `channel` (to all processes, with `redis` and `postgres`), `peers` (the other processes), `publisher`
(what this process sends), `connection` (what it receives, and whether that is all), `codec` (events as JSON),
`incoming` (what is to be handed on), `broadcaster` and `presence` (the ports).
"""

from adapters.broadcasting.bus.broadcaster import BusBroadcaster
from adapters.broadcasting.bus.channel import Channel
from adapters.broadcasting.bus.connection import BusConnection
from adapters.broadcasting.bus.presence import BusPresence

__all__ = ["BusBroadcaster", "BusConnection", "BusPresence", "bus_connection_at"]


def bus_connection_at(url: str) -> BusConnection:
    """A connection over postgresql://..., or over the Redis or Valkey at any other address; it connects when opened."""
    return BusConnection(_channel(url))


def _channel(url: str) -> Channel:
    # Imported where it is needed: a driver takes megabytes.
    if url.startswith("postgresql:"):
        from adapters.broadcasting.bus.postgres import PostgresChannel  # noqa: PLC0415

        return PostgresChannel(url)
    from adapters.broadcasting.bus.redis import RedisChannel  # noqa: PLC0415

    return RedisChannel(url)
