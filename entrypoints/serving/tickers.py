"""What has to be done again and again while the process serves."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import gevent

from chat_domain.model.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Ticker:
    """Something to do every so many seconds."""

    name: str
    seconds: float
    action: Callable[[], None]

    def run(self) -> None:
        """Do it until killed; what fails is tried again the next time."""
        log = logging.getLogger(f"{__name__}.{self.name}")  # or one that fails would hold back the warnings of others
        while True:
            gevent.sleep(self.seconds)
            try:
                self.action()
            except Unavailable as error:
                log.warning("%s: %s", self.name, error)
            except Exception:  # one failure must not end the ticking
                log.exception("%s failed", self.name)
