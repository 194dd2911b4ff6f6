"""The wait before a channel that is away is tried again."""

from typing import Final

import gevent

_FIRST: Final = 0.1
_LONGEST: Final = 0.5


class Backoff:
    """Twice as long each time, from 0.1 s to 0.5 s."""

    def __init__(self) -> None:
        self._seconds = _FIRST

    def reset(self) -> None:
        """The channel was reached."""
        self._seconds = _FIRST

    def wait(self) -> None:
        """Wait; other greenlets go on."""
        gevent.sleep(self._seconds)
        self._seconds = min(2 * self._seconds, _LONGEST)
