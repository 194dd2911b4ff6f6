"""Rate limits by a moving window, in the memory of the process or in Redis or Valkey for several of them."""

import logging
import time

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from chat_domain.model.errors import TooMany
from chat_domain.ports.security import Limit, RateLimiter

_log = logging.getLogger(__name__)


class WindowRateLimiter(RateLimiter):
    """Counts in a moving window. Where the counting fails with `away`, nobody is kept out."""

    def __init__(self, storage: Storage, *, away: tuple[type[Exception], ...] = ()) -> None:
        self._window = MovingWindowRateLimiter(storage)
        self._away = away

    @classmethod
    def in_memory(cls) -> "WindowRateLimiter":
        """For one process."""
        return cls(MemoryStorage())

    @classmethod
    def in_redis(cls, url: str) -> "WindowRateLimiter":
        """For several processes."""
        from redis.exceptions import RedisError  # noqa: PLC0415 - megabytes, for those alone who have one

        return cls(RedisStorage(url), away=(RedisError,))

    def hit(self, limit: Limit, key: str) -> None:
        item = RateLimitItemPerSecond(limit.times, limit.seconds, limit.name)
        try:
            if self._window.hit(item, key):
                return
            reset = self._window.get_window_stats(item, key).reset_time
        except self._away:
            _log.warning("rate limits cannot be counted: the bus is away")
            return
        raise TooMany(retry_after=max(reset - time.time(), 1))


class NoRateLimiter(RateLimiter):
    """Lets everybody do everything, for benchmarks."""

    def hit(self, limit: Limit, key: str) -> None:
        """Count nothing."""
