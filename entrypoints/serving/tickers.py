"""What has to be done again and again while the process serves."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import gevent

from chat_domain.model.errors import Unavailable

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ticker:
    """Something to do every so many seconds."""

    name: str
    seconds: float
    action: Callable[[], None]

    def run(self) -> None:
        """Do it until killed; what fails is tried again the next time."""
        while True:
            gevent.sleep(self.seconds)
            try:
                self.action()
            except Unavailable as error:
                _log.warning("%s: %s", self.name, error)
            except Exception:  # noqa: BLE001 - one failure must not end the ticking
                _log.exception("%s failed", self.name)
