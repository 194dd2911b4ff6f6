"""Rate limits by a moving window, in the memory of the process or in Redis or Valkey for several of them."""

import logging
import time
from abc import abstractmethod
from collections import OrderedDict, defaultdict, deque
from threading import Lock
from typing import TYPE_CHECKING, Final, Protocol

from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter

from chat_domain.model.errors import TooMany
from chat_domain.ports.security import Limit, RateLimiter

if TYPE_CHECKING:
    from redis import ConnectionPool

_log = logging.getLogger(__name__)

_PATIENCE: Final = 0.25
"""Seconds to wait for an answer, a connection, or for others to be done with theirs."""

_PAUSE: Final = 1.0
_CONNECTIONS: Final = 20


class Window(Protocol):
    """Where it is counted."""

    @abstractmethod
    def take(self, limit: Limit, key: str) -> float | None:
        """Count one more; or count nothing, and return how many seconds to wait."""

    @abstractmethod
    def close(self) -> None:
        """Let go of every connection."""


class MemoryWindow(Window):
    """Counts in memory, by a clock that cannot be set."""

    def __init__(self) -> None:
        self._hits: dict[Limit, OrderedDict[str, deque[float]]] = defaultdict(OrderedDict)
        self._lock = Lock()

    def take(self, limit: Limit, key: str) -> float | None:
        with self._lock:
            now, hits = time.monotonic(), self._hits[limit]
            _forget(hits, now - limit.seconds)
            mine = hits.setdefault(key, deque(maxlen=limit.times))
            if len(mine) == limit.times and (ends := mine[0] + limit.seconds) > now:
                return ends - now
            mine.append(now)
            hits.move_to_end(key)
        return None

    def close(self) -> None:
        """There is no connection."""


def _forget(hits: OrderedDict[str, deque[float]], before: float) -> None:
    """Forget every key whose last grant is not after that time; the key with the oldest grant comes first."""
    while hits and next(iter(hits.values()))[-1] <= before:
        hits.popitem(last=False)


class RedisWindow(Window):
    """Counts in Redis or Valkey, by the clocks of the servers that ask."""

    def __init__(self, url: str, pool: "ConnectionPool") -> None:
        self._window = MovingWindowRateLimiter(RedisStorage(url, pool))
        self._pool = pool

    def take(self, limit: Limit, key: str) -> float | None:
        item = RateLimitItemPerSecond(limit.times, limit.seconds, limit.name)
        if self._window.hit(item, key):
            return None
        # By a wrong clock it may end in an hour; but Redis forgets it a window after the last grant.
        return min(self._window.get_window_stats(item, key).reset_time - time.time(), limit.seconds)

    def close(self) -> None:
        self._pool.disconnect()


class WindowRateLimiter(RateLimiter):
    """Counts in a moving window.

    Where the counting fails with `away`, every request is let through, and for a second nothing is asked: so no more
    than a few wait for a server that is gone.
    """

    def __init__(self, window: Window, *, away: tuple[type[Exception], ...] = ()) -> None:
        self._window = window
        self._away = away
        self._resume_at = 0.0
        self._is_away = False

    @classmethod
    def in_memory(cls) -> "WindowRateLimiter":
        """For one process."""
        return cls(MemoryWindow())

    @classmethod
    def in_redis(cls, url: str) -> "WindowRateLimiter":
        """For several processes."""
        # Megabytes, which a server without Redis is spared.
        from redis import BlockingConnectionPool  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.exceptions import RedisError  # noqa: PLC0415
        from redis.retry import Retry  # noqa: PLC0415

        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=_PATIENCE,
            socket_timeout=_PATIENCE,
            socket_connect_timeout=_PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
        return cls(RedisWindow(url, pool), away=(RedisError,))

    def hit(self, limit: Limit, key: str) -> None:
        if time.monotonic() < self._resume_at:
            return
        try:
            wait = self._window.take(limit, key)
        except self._away as error:
            self._pause(error)
            return
        if self._is_away:
            self._is_away = False
            _log.info("rate limits are counted again")
        if wait is not None:
            raise TooMany(retry_after=max(wait, 1))

    def close(self) -> None:
        self._window.close()

    def _pause(self, error: Exception) -> None:
        self._resume_at = time.monotonic() + _PAUSE
        if not self._is_away:
            self._is_away = True
            _log.warning("rate limits cannot be counted, and nobody is kept out: %s", error)


class NoRateLimiter(RateLimiter):
    """Limits nothing, for benchmarks."""

    def hit(self, limit: Limit, key: str) -> None:
        """Count nothing."""

    def close(self) -> None:
        """There is no connection."""
