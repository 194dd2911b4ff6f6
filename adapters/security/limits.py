"""Rate limits by a moving window, in the memory of the process or in Redis or Valkey for several of them."""

import logging
import time
from typing import Final

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from chat_domain.model.errors import TooMany
from chat_domain.ports.security import Limit, RateLimiter

_log = logging.getLogger(__name__)

_PATIENCE: Final = 0.25
"""Seconds to wait for an answer, a connection, or for others to be done with theirs."""

_PAUSE: Final = 1.0
_CONNECTIONS: Final = 20


class WindowRateLimiter(RateLimiter):
    """Counts in a moving window.

    Where the counting fails with `away`, nobody is kept out, and for a second nothing is asked: so no more than a few
    wait for a server that is gone.
    """

    def __init__(self, storage: Storage, *, away: tuple[type[Exception], ...] = ()) -> None:
        self._window = MovingWindowRateLimiter(storage)
        self._away = away
        self._resume_at = 0.0
        self._is_away = False

    @classmethod
    def in_memory(cls) -> "WindowRateLimiter":
        """For one process."""
        return cls(MemoryStorage())

    @classmethod
    def in_redis(cls, url: str) -> "WindowRateLimiter":
        """For several processes."""
        # Megabytes, for those alone who have one.
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
        return cls(RedisStorage(url, pool), away=(RedisError,))

    def hit(self, limit: Limit, key: str) -> None:
        if time.monotonic() < self._resume_at:
            return
        item = RateLimitItemPerSecond(limit.times, limit.seconds, limit.name)
        try:
            is_granted = self._window.hit(item, key)
            reset = 0.0 if is_granted else self._window.get_window_stats(item, key).reset_time
        except self._away as error:
            self._pause(error)
            return
        if self._is_away:
            self._is_away = False
            _log.info("rate limits are counted again")
        if not is_granted:
            raise TooMany(retry_after=max(reset - time.time(), 1))

    def _pause(self, error: Exception) -> None:
        self._resume_at = time.monotonic() + _PAUSE
        if not self._is_away:
            self._is_away = True
            _log.warning("rate limits cannot be counted, and nobody is kept out: %s", error)


class NoRateLimiter(RateLimiter):
    """Lets everybody do everything, for benchmarks."""

    def hit(self, limit: Limit, key: str) -> None:
        """Count nothing."""
