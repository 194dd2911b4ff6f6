"""The clocks of this machine, for tests that set them."""

import time
from datetime import UTC, datetime

import pytest

from chat_domain.ports.clock import Clock


class MachineTime:
    """That on the wall can be set, the other cannot; both go on by themselves, and further when told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._ahead = self._passed = 0.0
        wall, other = time.time, time.monotonic
        monkeypatch.setattr(time, "time", lambda: wall() + self._ahead + self._passed)
        monkeypatch.setattr(time, "monotonic", lambda: other() + self._passed)

    def set_ahead(self, seconds: float) -> None:
        """Set the clock on the wall so much ahead of the right time."""
        self._ahead = seconds

    def go_on(self, seconds: float) -> None:
        self._passed += seconds


class WallClock(Clock):
    """The domain's clock, which is that on the wall."""

    def now(self) -> datetime:
        return datetime.fromtimestamp(int(time.time() * 1_000) / 1_000, UTC)
