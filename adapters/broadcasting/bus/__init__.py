"""The bus between processes: what one of them committed, the others hear of as a hint.

From the bytes up: `channel` (to all processes, with `redis` and `postgres`), `peers` (who is there), `speaker` (what is
said), `line` (what is heard, and whether it is everything), `codec` (events as JSON), `incoming` (what is to be
handed on), `broadcaster` and `presence` (the ports).
"""

from adapters.broadcasting.bus.broadcaster import BusBroadcaster
from adapters.broadcasting.bus.channel import Channel
from adapters.broadcasting.bus.line import Line
from adapters.broadcasting.bus.presence import BusPresence

__all__ = ["BusBroadcaster", "BusPresence", "Line", "line_at"]


def line_at(url: str) -> Line:
    """The line over postgresql://..., or over the Redis or Valkey at any other address; it connects when opened."""
    return Line(_channel(url))


def _channel(url: str) -> Channel:
    # Only who uses a driver pays for it.
    if url.startswith("postgresql:"):
        from adapters.broadcasting.bus.postgres import PostgresChannel  # noqa: PLC0415

        return PostgresChannel(url)
    from adapters.broadcasting.bus.redis import RedisChannel  # noqa: PLC0415

    return RedisChannel(url)
