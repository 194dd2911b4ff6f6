"""A clock that stands still until it is moved."""

from datetime import UTC, datetime, timedelta

from chat_domain.ports.clock import Clock


class SettableClock(Clock):
    """Shows the time that it was set to."""

    def __init__(self, now: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, **by: float) -> None:
        """Move on, by what `timedelta` takes: `advance(minutes=5)`."""
        self._now += timedelta(**by)
