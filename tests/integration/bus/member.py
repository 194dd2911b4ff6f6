"""One process on a bus, for tests: it does what it is told on its standard input, a JSON object a line, and answers so.

`python -m tests.integration.bus.member URL`; without a URL its bus is within the process.
"""

# ruff: noqa: E402  # gevent patches before anything else is imported
from gevent import monkey

monkey.patch_all()

import json
import logging
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from gevent.fileobject import FileObjectThread

from adapters.broadcasting.bus import BusBroadcaster, BusPresence, bus_connection_at
from adapters.broadcasting.local import LocalBroadcaster, LocalPresence
from adapters.system.clock import SystemClock
from chat_domain.model.ephemeral import AnyEvent, SessionEnd, SessionEnded
from chat_domain.model.errors import BusAway
from chat_domain.model.events import MessagePosted
from chat_domain.model.identifiers import RoomId, Seq, SessionId, UserId
from chat_domain.ports.presence import Presence
from tests.builders import NOON, a_message, a_person


class Member:
    """What a test may ask for; times are seconds from now."""

    def __init__(self, url: str) -> None:
        self.heard: list[str] = []
        self.connection = bus_connection_at(url) if url else None
        self.broadcaster = BusBroadcaster(self.connection) if self.connection else LocalBroadcaster()
        self.presence: Presence = BusPresence(self.connection, SystemClock()) if self.connection else LocalPresence()
        self.open, self.close = self.broadcaster.open, self.broadcaster.close
        self.pauses: dict[str, float] = {}
        self.broadcaster.subscribe(self._fail)
        self.broadcaster.subscribe(self._receive)

    def publish(self, texts: Sequence[str]) -> None:
        """Each text as a event of its own."""
        for number, text in enumerate(texts, 1):
            self.broadcaster.publish([a_post(text, number)])

    def publish_at_once(self, texts: Sequence[str]) -> None:
        self.broadcaster.publish([a_post(text, number) for number, text in enumerate(texts, 1)])

    def end_session(self) -> float:
        """Publish the end of a session: the seconds that it took."""
        began = time.monotonic()
        self.broadcaster.publish([SessionEnded(SessionId(1), SessionEnd.LOGGED_OUT)])
        return time.monotonic() - began

    def pause_at(self, text: str, seconds: float) -> None:
        """Take so long to receive this text from now on."""
        self.pauses[text] = seconds

    def take(self) -> list[str]:
        """What was heard since the last asking."""
        heard, self.heard = self.heard, []
        return heard

    def is_current(self) -> bool:
        return self.broadcaster.is_current()

    def answers(self) -> bool:
        """Whether the check passes."""
        try:
            self.broadcaster.check()
        except BusAway:
            return False
        return True

    def peers(self) -> int:
        return len(self.connection.peers) if self.connection else 0

    def waiting(self) -> int:
        return len(self.connection._publisher.waiting) if self.connection else 0

    def arrive(self, user: int) -> bool:
        return self.presence.arrive(UserId(user))

    def depart(self, user: int) -> None:
        self.presence.depart(UserId(user), datetime.now(UTC))

    def collect_gone(self, grace: float) -> list[int]:
        return list(self.presence.collect_gone(datetime.now(UTC) - timedelta(seconds=grace)))

    def online(self, users: Sequence[int]) -> list[int]:
        return [user for user in users if self.presence.is_online(UserId(user))]

    def _receive(self, events: Sequence[AnyEvent]) -> None:
        for event in events:
            if isinstance(event, SessionEnded):
                self.heard.append("a session ended")
                continue
            assert isinstance(event, MessagePosted)
            assert event == a_post(event.message.body.value, event.seq)
            time.sleep(self.pauses.get(event.message.body.value, 0))
            self.heard.append(event.message.body.value)

    def _fail(self, events: Sequence[AnyEvent]) -> None:
        raise RuntimeError("this one never can")


def a_post(text: str, seq: int) -> MessagePosted:
    return MessagePosted(RoomId(10), Seq(seq), NOON, a_person(), a_message(text))


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    logging.getLogger("adapters.broadcasting.local").setLevel(logging.CRITICAL)  # tells of each failure
    member = Member(sys.argv[1])
    member.open()
    for line in FileObjectThread(sys.stdin.fileno(), "rb", closefd=False):
        asked: dict[str, Any] = json.loads(line)
        answer = getattr(member, asked.pop("do"))(**asked)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
