"""What has to be done again and again while the process serves."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import gevent

from chat_domain.delivery.consumers import RENEWAL, STEP, Consumers
from chat_domain.delivery.service import DeliveryService
from chat_domain.model.errors import Unavailable
from chat_domain.services.presence import PresenceService

_POLL: Final = 1.0
_POLL_ALONE: Final = 30.0
"""Seconds. A process alone is told of everything, so that only a hint can be lost that it failed to deliver."""


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


def consumer_tickers(consumers: Consumers) -> tuple[Ticker, ...]:
    """What keeps the consumers going, one of which may wait without the others."""
    return (
        Ticker("consumers' lock", RENEWAL, consumers.renew),
        *(Ticker(f"consumer {runner.name}", STEP, runner.step) for runner in consumers.runners),
    )


def tickers(delivery: DeliveryService, presence: PresenceService, *, is_alone: bool) -> tuple[Ticker, ...]:
    """What keeps the connections of a process whole, which is alone or one of several."""
    return (
        Ticker("presence", 1.0, presence.sweep),
        Ticker("heads", 2.0, delivery.beacon),
        Ticker("poll", _POLL_ALONE if is_alone else _POLL, delivery.poll),
    )
