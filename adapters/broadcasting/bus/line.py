"""The bus as one process sees it: what it says to the others and hears from them, and whether it hears everything."""

import logging
import time
from collections.abc import Callable
from secrets import token_hex
from typing import Any, Final

import gevent
import orjson

from adapters.broadcasting.bus.channel import Channel, ChannelAway
from adapters.broadcasting.bus.pause import Pause
from adapters.broadcasting.bus.peers import Peers
from adapters.broadcasting.bus.receipts import Receipts
from adapters.broadcasting.bus.speaker import Speaker
from chat_domain.model.errors import BusAway

_log = logging.getLogger(__name__)

_CURRENT: Final = 1.0
"""Seconds that the last of one's own payloads that came back may be old."""

_CAUGHT_UP_AFTER: Final = 2.0
"""Seconds after a gap in which what was lost in it may not have been found yet by those who poll each second."""

_AWAY: Final = 3.0
"""Seconds without any of one's own payloads, after which the bus does not answer."""

_HEARD_WITHIN: Final = 2.0
"""Seconds after which a process that does not hear what is said knows that it may have missed something: it takes
silence for that after 1.5 s, and polls each second."""

_CUT_OFF_FOR: Final = 600.0
"""Seconds that a process may be at work without the bus; until then whoever sends it clients has long asked /readyz."""

_LAST_WORDS_WITHIN: Final = 1.0
_REFRESH: Final = 10.0


class Line:
    """Sends what is said under topics, and hands on what others say.

    A payload is `origin sent [[topic, content], ...]`: who sent it, when by the sender's own clock, and JSON. Each is a
    heartbeat as well. One's own come back, and prove that everything before them has come, too.
    """

    def __init__(self, channel: Channel) -> None:
        self.origin = token_hex(8)
        self.peers = Peers()
        self._channel = channel
        self._speaker = Speaker(channel, self.origin, self._note_away)
        self._whole_since = float("inf")  # nothing that was said after it was missed
        self._lost_at = time.monotonic()  # a peer, without a word; whoever begins does not know whom it missed
        self._refreshed = float("-inf")
        self._is_away = False
        self._receipts = Receipts()
        self._topics: dict[str, Callable[[str, Any], None]] = {
            "bye": lambda origin, _: self._lose(origin),
            "confirm": lambda _, token: self.say("confirmed", orjson.dumps(token)),
            "confirmed": self._receipts.confirm,
        }
        self._refresh: list[Callable[[], None]] = []
        self._gone: list[Callable[[str], None]] = []
        self._greenlets: list[gevent.Greenlet[[], None]] = []

    def hear(self, topic: str, receive: Callable[[str, Any], None]) -> None:
        """From now on hand to `receive` the origin and the content of what others say under the topic."""
        self._topics[topic] = receive

    def watch(self, *, refresh: Callable[[], None], gone: Callable[[str], None]) -> None:
        """From now on call `gone` for each peer that died or left, and `refresh` now and then, and whenever somebody
        may not know what was said before."""
        self._refresh.append(refresh)
        self._gone.append(gone)

    def say(self, topic: str, content: bytes) -> None:
        """Tell the others, if there are any; `content` is JSON. Never raises, never waits."""
        if self.peers:
            self._speaker.say(b'["%b",%b]' % (topic.encode(), content))

    def settle(self) -> None:
        """Return when the others have heard all that was said, or else know that they may have missed something.

        Nobody but they can tell: whose line was cut without a word is sure of itself for a second yet.
        """
        if not self.peers and self.is_current():
            return
        with self._receipts.awaited(self.peers) as (token, receipt):
            self.say("confirm", orjson.dumps(token))
            receipt.wait(_HEARD_WITHIN)

    def is_current(self) -> bool:
        """Whether everything has come that the others said until a second ago, as far as can be known."""
        came = self.peers.clock
        is_whole = came - self._whole_since >= _CAUGHT_UP_AFTER
        return time.monotonic() - came <= _CURRENT and is_whole and self.peers.are_heard()

    def hears_all(self) -> bool:
        """The same, and whether nobody can be at work who does not hear the bus."""
        return self.is_current() and self.peers.clock - self._lost_at > _CUT_OFF_FOR

    def miss(self) -> None:
        """Something that was heard is lost."""
        self._whole_since = max(self._whole_since, time.monotonic())

    def check(self) -> None:
        """Raise BusAway if nothing comes through."""
        if self._is_away or time.monotonic() - self.peers.clock > _AWAY:
            raise BusAway

    def open(self) -> None:
        """Connect, and stay connected, in the background."""
        self._greenlets = [gevent.spawn(self._speaker.run), gevent.spawn(self._listen)]

    def close(self) -> None:
        """Say what is still to be said, at most for a second, and go."""
        self.say("bye", b"null")
        if not self._is_away:
            self._speaker.finish(_LAST_WORDS_WITHIN)
        gevent.killall(self._greenlets, timeout=_LAST_WORDS_WITHIN)
        self._channel.close()

    def _listen(self) -> None:
        pause = Pause()
        while True:
            try:
                self._channel.subscribe()
                self._whole_since = time.monotonic()
                pause.reset()
                self._speaker.beat()
                while True:
                    self._receive(self._channel.receive())
            except Exception as error:  # noqa: BLE001 - whatever it was, nobody else would listen
                self._whole_since = float("inf")
                self._note_away(error)
            pause.take()

    def _receive(self, payload: bytes) -> None:
        try:
            origin, sent, body = payload.split(b" ", 2)
            if origin.decode() == self.origin:
                self._come_back(float(sent))
            else:
                self._take(origin.decode(), orjson.loads(body))
        except Exception:  # noqa: BLE001 - whatever one payload did, the next has to be heard
            self._miss_something()

    def _come_back(self, sent: float) -> None:
        if self._is_away:
            self._is_away = False
            _log.info("the bus is back")
        self._speaker.come_back(sent)
        paused = self.peers.come_back(sent)
        if paused:  # who took this process for dead told it nothing
            self._whole_since = max(self._whole_since, sent)
        if paused or sent - self._refreshed > _REFRESH:
            self._renew()
        for origin in self.peers.dead():
            self._lost_at = sent
            self._lose(origin)

    def _take(self, origin: str, said: list[Any]) -> None:
        if self.peers.hear(origin):
            _log.debug("process %s is on the bus", origin)
            self._renew()
        for item in said:
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
