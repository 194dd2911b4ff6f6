"""The connection of one process to the bus, which knows whether everything came that other processes published."""

import logging
import time
from collections.abc import Callable
from secrets import token_hex
from typing import Any, Final

import gevent
import orjson

from adapters.broadcasting.bus.backoff import Backoff
from adapters.broadcasting.bus.channel import Channel, ChannelAway
from adapters.broadcasting.bus.peers import Peers
from adapters.broadcasting.bus.publisher import Publisher
from adapters.broadcasting.bus.receipts import Receipts
from chat_domain.model.errors import BusAway

_log = logging.getLogger(__name__)

_CURRENT: Final = 1.0
"""Seconds that the last payload of this process that came back may be old."""

_CAUGHT_UP_AFTER: Final = 2.0
"""Seconds after a gap in which what was lost may not have been found in the log, which is polled each second."""

_AWAY: Final = 3.0
"""Seconds without any payload of this process coming back, after which the bus is away."""

_CONFIRMED_WITHIN: Final = 2.0
"""Seconds after which a process that is cut off knows that it may have missed something: it takes silence for that
after 1.5 s, and polls each second."""

_CUT_OFF_FOR: Final = 600.0
"""Seconds that a process may be at work without the bus: a load balancer, which asks /readyz, has stopped sending it
clients long before."""

_CLOSED_WITHIN: Final = 1.0
_REFRESH: Final = 10.0


class BusConnection:
    """Publishes content under topics, and hands on what other processes publish.

    A payload is `origin sent [[topic, content], ...]`: the process that sent it, the time by its own clock, and JSON.
    Each is a heartbeat as well. Those of this process come back, and prove that everything before them has come, too.
    """

    def __init__(self, channel: Channel) -> None:
        self.origin = token_hex(8)
        self.peers = Peers()
        self._channel = channel
        self._publisher = Publisher(channel, self.origin, self._note_away)
        self._whole_since = float("inf")  # nothing that was published after it was missed
        self._lost_at = time.monotonic()  # a peer, without a word; at its start a process cannot know of any
        self._refreshed = float("-inf")
        self._is_away = False
        self._receipts = Receipts()
        self._topics: dict[str, Callable[[str, Any], None]] = {
            "bye": lambda origin, _: self._lose(origin),
            "confirm": lambda _, token: self.publish("confirmed", orjson.dumps(token)),
            "confirmed": self._receipts.confirm,
        }
        self._refresh: list[Callable[[], None]] = []
        self._gone: list[Callable[[str], None]] = []
        self._greenlets: list[gevent.Greenlet[[], None]] = []

    def subscribe(self, topic: str, receive: Callable[[str, Any], None]) -> None:
        """From now on hand to `receive` the origin and the content of what other processes publish under the topic."""
        self._topics[topic] = receive

    def watch(self, *, refresh: Callable[[], None], gone: Callable[[str], None]) -> None:
        """From now on call `gone` for each peer that died or left, and `refresh` every 10 s, and whenever a process may
        have missed what was published before."""
        self._refresh.append(refresh)
        self._gone.append(gone)

    def publish(self, topic: str, content: bytes) -> None:
        """Publish to the other processes, if there are any; `content` is JSON. Never raises, never waits."""
        if self.peers:
            self._publisher.put(b'["%b",%b]' % (topic.encode(), content))

    def settle(self) -> None:
        """Return when the peers have received all that was published, or else know that they may have missed something.

        Only the peers can tell: one whose connection was cut without a word takes itself for current for a second yet.
        """
        if not self.peers and self.is_current():
            return
        with self._receipts.awaited(self.peers) as (token, receipt):
            self.publish("confirm", orjson.dumps(token))
            receipt.wait(_CONFIRMED_WITHIN)

    def is_current(self) -> bool:
        """Whether everything has come that the peers published until a second ago, as far as can be known."""
        came = self.peers.clock
        is_whole = came - self._whole_since >= _CAUGHT_UP_AFTER
        return time.monotonic() - came <= _CURRENT and is_whole and self.peers.are_heard()

    def hears_all(self) -> bool:
        """Whether this process is current, and no other can be at work without hearing the bus."""
        return self.is_current() and self.peers.clock - self._lost_at > _CUT_OFF_FOR

    def miss(self) -> None:
        """Note that something which came over the bus was lost."""
        self._whole_since = max(self._whole_since, time.monotonic())

    def check(self) -> None:
        """Raise BusAway if nothing comes through."""
        if self._is_away or time.monotonic() - self.peers.clock > _AWAY:
            raise BusAway

    def open(self) -> None:
        """Connect, and stay connected, in the background."""
        self._greenlets = [gevent.spawn(self._publisher.run), gevent.spawn(self._listen)]

    def close(self) -> None:
        """Publish what still waits, for at most a second, and disconnect."""
        self.publish("bye", b"null")
        if not self._is_away:
            self._publisher.finish(_CLOSED_WITHIN)
        gevent.killall(self._greenlets, timeout=_CLOSED_WITHIN)
        self._channel.close()

    def _listen(self) -> None:
        backoff = Backoff()
        while True:
            try:
                self._channel.subscribe()
                self._whole_since = time.monotonic()
                backoff.reset()
                self._publisher.beat()
                while True:
                    self._receive(self._channel.receive())
            except Exception as error:  # noqa: BLE001 - whatever it was, no other greenlet would listen
                self._whole_since = float("inf")
                self._note_away(error)
            backoff.wait()

    def _receive(self, payload: bytes) -> None:
        try:
            origin, sent, body = payload.split(b" ", 2)
            if origin.decode() == self.origin:
                self._come_back(float(sent))
            else:
                self._take(origin.decode(), orjson.loads(body))
        except Exception:  # noqa: BLE001 - whatever one payload did, the next has to be received
            self._miss_something()

    def _come_back(self, sent: float) -> None:
        if self._is_away:
            self._is_away = False
            _log.info("the bus is back")
        self._publisher.come_back(sent)
        paused = self.peers.come_back(sent)
        if paused:  # a peer that took this process for dead sent it nothing
            self._whole_since = max(self._whole_since, sent)
        if paused or sent - self._refreshed > _REFRESH:
            self._renew()
        for origin in self.peers.dead():
            self._lost_at = sent
            self._lose(origin)

    def _take(self, origin: str, items: list[Any]) -> None:
        if self.peers.hear(origin):
            _log.debug("process %s is on the bus", origin)
            self._renew()
        for item in items:
            try:
                topic, content = item
                if receive := self._topics.get(topic):
                    receive(origin, content)
            except Exception:  # noqa: BLE001 - whatever one topic did, the end of a session may stand beside it
                self._miss_something()

    def _miss_something(self) -> None:
        _log.exception("something from the bus could not be handed on")
        self.miss()

    def _renew(self) -> None:
        self._refreshed = self.peers.clock
        for refresh in self._refresh:
            refresh()

    def _lose(self, origin: str) -> None:
        self.peers.leave(origin)
        self._receipts.forget(origin)
        for gone in self._gone:
            gone(origin)

    def _note_away(self, error: Exception) -> None:
        if not self._is_away:
            self._is_away = True
            _log.warning("the bus is away: %s", error, exc_info=not isinstance(error, ChannelAway))
