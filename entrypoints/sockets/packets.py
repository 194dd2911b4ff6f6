"""Socket.IO packets, decoded strictly: what no client of ours would send never reaches a handler.

And where python-socketio refuses by itself, it does so with a problem object.
"""

from typing import Any, Final

import orjson
from socketio.packet import BINARY_ACK, BINARY_EVENT, CONNECT_ERROR, EVENT, Packet

from chat_domain.model.errors import Conflict, NotFound
from entrypoints.sockets.refusals import refused_connect

_RESERVED: Final = frozenset({"connect", "disconnect", "*"})
"""What python-socketio calls its own handlers by; an event of this name would reach them."""

_MOST_ATTACHMENTS: Final = 10


class Json:
    """The JSON module that python-socketio wants: orjson, which is fast, and refuses what is not JSON."""

    @staticmethod
    def dumps(value: object, **_: object) -> str:
        """The text; raises TypeError."""
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str) -> Any:  # noqa: ANN401 - whatever it holds
        """The value; raises ValueError, also for lone surrogates and for nesting that only an attack has."""
        return orjson.loads(text)


class StrictPacket(Packet):  # type: ignore[misc]  # it has no types
    """A packet whose event is left without a name if it cannot be read or is called as a handler of the server's own.

    Raises ValueError for bytes that are no packet.
    """

    json = Json
    packet_type: int
    data: Any

    def __init__(
        self,
        packet_type: int = EVENT,
        data: object = None,
        namespace: str | None = None,
        **more: Any,  # noqa: ANN401 - theirs
    ) -> None:
        if packet_type == CONNECT_ERROR and isinstance(data, str):  # what the gate refuses is an object already
            error = Conflict("Connected already.") if namespace == "/" else NotFound("There is no such namespace.")
            data = refused_connect(error).error_args
        super().__init__(packet_type, data, namespace, **more)

    def decode(self, encoded_packet: str) -> int:
        try:
            attachments: int = super().decode(encoded_packet) or 0
        except orjson.JSONDecodeError:
            if self.packet_type != EVENT:
                raise
            attachments = 0
        if attachments > _MOST_ATTACHMENTS:
            raise ValueError("too many attachments")
        # No event takes binary data; its attachments still have to come before it can be answered.
        if self.packet_type == BINARY_EVENT or (self.packet_type == EVENT and not _is_event(self.data)):
            self.data = [""]
        if self.packet_type == BINARY_ACK:
            raise ValueError("nobody asked for an ack")
        return attachments


def _is_event(data: object) -> bool:
    return isinstance(data, list) and bool(data) and isinstance(data[0], str) and data[0] not in _RESERVED
