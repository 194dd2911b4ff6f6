"""Engine.IO and Socket.IO packets (protocols 4 and 5) in and out of bytes.

Own code and not python-socketio's: that raises whatever comes to hand for what is malformed, and takes several times as
long.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import orjson

CLOSE: Final = b"1"
PING: Final = b"2"
PONG: Final = b"3"
MESSAGE: Final = b"4"
UPGRADE: Final = b"5"
NOOP: Final = b"6"
PROBE: Final = b"2probe"
PROBE_ANSWER: Final = b"3probe"
LEAVE: Final = b"41"
"""Tells the client that the server wants it out: official clients do not come back by themselves."""

_RESERVED: Final = frozenset({"connect", "disconnect", "*"})
_LONGEST_ID: Final = 15
"""Digits; what JavaScript counts to exactly."""


class Malformed(Exception):
    """The client sent what is no packet, or none that a client may send."""


@dataclass(slots=True)
class Event:
    """An event in the namespace `/`. `ack_id` are the digits of the id to acknowledge it by, or nothing.

    An event that cannot be read has no name: its acknowledgement says that it could not be read.
    """

    ack_id: bytes
    name: str = ""
    args: Sequence[object] = ()


@dataclass(slots=True)
class Connect:
    """The client asks to be let into a namespace. `auth` is what it shows for it."""

    namespace: str
    auth: object


@dataclass(slots=True)
class Disconnect:
    """The client leaves a namespace."""

    namespace: str


def parse(message: bytes) -> Event | Connect | Disconnect | None:
    """The Socket.IO packet that an Engine.IO message (`4...`) carries; raises Malformed, whatever the bytes are.

    None for an acknowledgement: the server asks for none. An event with binary attachments is unreadable.
    """
    match message[:2]:
        case b"42":
            return _event(message, 2)
        case b"43":
            return None
        case b"45":
            if attachments(message):
                return Event(_event(message, 4).ack_id)
        case b"40":
            return Connect(*_addressed(message))
        case b"41":
            return Disconnect(_addressed(message)[0])
    raise Malformed("not a packet that a client may send")


def attachments(message: bytes) -> int:
    """How many attachments an event says that it has (`45n-...`): 1 to 9; 0 for everything else."""
    return int(message[2:3]) if message[:2] == b"45" and message[2:3].isdigit() and message[3:4] == b"-" else 0


def event_packet(name: str, payload: object) -> bytes:
    """The message that tells the namespace `/` of an event."""
    return b"42" + orjson.dumps([name, payload])


def ack(ack_id: bytes, payload: object) -> bytes:
    """The message that acknowledges an event."""
    return b"43" + ack_id + orjson.dumps([payload])


def _event(message: bytes, at: int) -> Event:
    start = at
    while message[start : start + 1].isdigit():
        start += 1
    if start > at + _LONGEST_ID or message[start : start + 1] == b"/":
        raise Malformed("not an event of the namespace /")
    ack_id = message[at:start]
    try:
        data = orjson.loads(message[start:])
    except orjson.JSONDecodeError:
        return Event(ack_id)
    if not isinstance(data, list) or not data or not isinstance(data[0], str) or data[0] in _RESERVED:
        return Event(ack_id)
    return Event(ack_id, data[0], data[1:])


def _addressed(message: bytes) -> tuple[str, object]:
    """The namespace and the data of `4x/namespace,data`; without one it is `/`."""
    rest, namespace = message[2:], "/"
    try:
        if rest.startswith(b"/"):
            address, _, rest = rest.partition(b",")
            namespace = address.decode()
        return namespace, orjson.loads(rest) if rest else None
    except ValueError:  # of either
        raise Malformed("neither a namespace nor JSON") from None
