"""Time and chance."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is."""

    @abstractmethod
    def now(self) -> datetime:
        """The present moment: aware, UTC, in whole milliseconds."""


class SecretSource(Protocol):
    """Where unguessable strings come from."""

    @abstractmethod
    def token(self) -> str:
        """A new URL-safe string with at least 256 bits of chance in it."""
