"""WebSocket frames (RFC 6455) in and out of bytes: no socket, no clock, so that any stream can be tried on it.

By hand, because wsproto takes about 20 us for a small frame where this takes 2, and keeps no bound on a message.
"""

from typing import Final

LARGEST_MESSAGE: Final = 64 * 1024
_MOST_FRAGMENTS: Final = 128
_LARGEST_CONTROL: Final = 125

CONTINUATION: Final = 0x0
TEXT: Final = 0x1
BINARY: Final = 0x2
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA
_CONTROL: Final = 0x8
_FINAL: Final = 0x80
_MASKED: Final = 0x80
_WHOLE_TEXT: Final = _FINAL | TEXT

NORMAL: Final = 1000
GOING_AWAY: Final = 1001
PROTOCOL_ERROR: Final = 1002
NOT_TEXT: Final = 1003
NOT_UTF8: Final = 1007
TOO_BIG: Final = 1009
BROKEN_SERVER: Final = 1011
TOO_SLOW: Final = 1013
_CLIENTS_CODES: Final = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015)})


class FrameError(Exception):
    """The client broke the protocol or its limits. `code` is the close code to end the connection with."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def text_frame(payload: bytes) -> bytes:
    """The frame that carries UTF-8 text from the server."""
    size = len(payload)
    if size <= _LARGEST_CONTROL:
        return bytes((_WHOLE_TEXT, size)) + payload
    if size < 1 << 16:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def text_of(frame: bytes) -> bytes:
    """What `text_frame` was given."""
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]


def close_frame(code: int, reason: str = "") -> bytes:
    """The last frame of a connection; at most 123 ASCII characters of reason."""
    return bytes((_FINAL | CLOSE, 2 + len(reason))) + code.to_bytes(2, "big") + reason.encode("ascii")


def close_code(payload: bytes) -> int:
    """What to answer a client's close frame with: its own code, if it may send that. Raises FrameError."""
    if not payload:
        return NORMAL
    code = int.from_bytes(payload[:2], "big")
    if len(payload) == 1 or not (code in _CLIENTS_CODES or 3000 <= code < 5000):  # noqa: PLR2004 - RFC 6455, 7.4.2
        raise FrameError(PROTOCOL_ERROR, "not a close code")
    _utf8(payload[2:])
    return code


def pong_frame(payload: bytes) -> bytes:
    """The answer to a ping frame."""
    return bytes((_FINAL | PONG, len(payload))) + payload


class FrameReader:
    """Takes a client's bytes however they come, and gives whole messages and control frames.

    What it keeps is bounded: a message of 64 KB, and what was fed and not read.
    """

    __slots__ = ("_at", "_fragments", "_opcode", "_size", "_unread")

    def __init__(self) -> None:
        self._unread: bytes | bytearray = b""
        self._at = 0  # how much of it has been read
        self._fragments: list[bytes] = []
        self._size = 0  # bytes in the fragments
        self._opcode = TEXT  # of the message that they belong to

    def feed(self, data: bytes) -> None:
        """Bytes as they came from the network."""
        if self._at == len(self._unread):
            self._unread, self._at = data, 0
            return
        # A bytearray grows in place: a message that comes byte by byte must not cost its square.
        if isinstance(self._unread, bytes):
            self._unread = bytearray(self._unread)
        del self._unread[: self._at]
        self._unread += data
        self._at = 0

    def read(self) -> tuple[int, bytes] | None:
        """The next one: TEXT, BINARY, PING, PONG or CLOSE, and its payload; None when it is not all here.

        A TEXT is UTF-8 for certain.
        Raises FrameError; after that the reader is not to be used any more.
        """
        while frame := self._frame():
            opcode, final, payload = frame
            if not (opcode & _CONTROL or (final and not self._fragments)):
                message = self._assemble(opcode, final, payload)
                if message is None:
                    continue
                opcode, payload = message
            return opcode, _utf8(payload) if opcode == TEXT else payload
        return None

    def _assemble(self, opcode: int, final: bool, payload: bytes) -> tuple[int, bytes] | None:
        """The message that this frame completes, if it does."""
        if not self._fragments:
            self._opcode = opcode
        self._fragments.append(payload)
        self._size += len(payload)
        if final:
            message = b"".join(self._fragments)
            self._fragments, self._size = [], 0
            return self._opcode, message
        if len(self._fragments) >= _MOST_FRAGMENTS:
            raise FrameError(TOO_BIG, "too many fragments")
        return None

    def _frame(self) -> tuple[int, bool, bytes] | None:
        """The next frame: opcode, whether it is the last of its message, payload without its mask."""
        data, at = self._unread, self._at
        have = len(data) - at
        if have < 2:  # noqa: PLR2004 - the two bytes that every frame begins with
            return None
        first, size = data[at], data[at + 1] ^ _MASKED
        # One comparison for nearly every frame that there is.
        if first != _WHOLE_TEXT or size > _LARGEST_CONTROL or self._fragments:
            self._judge(first, size)
        start = at + 2
        if size > _LARGEST_CONTROL:
            width = 2 if size == 126 else 8  # noqa: PLR2004 - RFC 6455, 5.2
            start += width
            if have < 2 + width:
                return None
            size = self._long_size(int.from_bytes(data[at + 2 : start], "big"), width)
        if len(data) < start + 4 + size:
            return None
        self._at = end = start + 4 + size
        payload = _unmasked(data[start + 4 : end], data[start : start + 4])
        if end == len(data):
            self._unread, self._at = b"", 0
        return first & 0x0F, first >= _FINAL, payload

    def _judge(self, first: int, size: int) -> None:
        """Refuse what the first two bytes say, if it is wrong; `size` is over 127 without a mask."""
        opcode = first & 0x0F
        if size > 127:  # noqa: PLR2004 - the bit that says masked, inverted
            raise FrameError(PROTOCOL_ERROR, "a frame is not masked")
        if first & 0x70:
            raise FrameError(PROTOCOL_ERROR, "no extension was negotiated")
        if opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            raise FrameError(PROTOCOL_ERROR, "unknown kind of frame")
        if opcode & _CONTROL:
            if first < _FINAL or size > _LARGEST_CONTROL:
                raise FrameError(PROTOCOL_ERROR, "a control frame is too long or in parts")
        else:
            self._judge_part(opcode, size)

    def _judge_part(self, opcode: int, size: int) -> None:
        """Refuse a frame that does not fit to those of its message before it."""
        if (opcode == CONTINUATION) != bool(self._fragments):
            raise FrameError(PROTOCOL_ERROR, "the parts of a message are mixed up")
        if size <= _LARGEST_CONTROL and self._size + size > LARGEST_MESSAGE:
            raise FrameError(TOO_BIG, "a message may have 64 KB")

    def _long_size(self, size: int, width: int) -> int:
        """The size, where it did not fit into 7 bits."""
        if self._size + size > LARGEST_MESSAGE:
            raise FrameError(TOO_BIG, "a message may have 64 KB")
        if size <= _LARGEST_CONTROL or (width == 8 and size < 1 << 16):  # noqa: PLR2004 - RFC 6455, 5.2
            raise FrameError(PROTOCOL_ERROR, "a length is written too long")
        return size


def _unmasked(data: bytes | bytearray, mask: bytes | bytearray) -> bytes:
    # As two large numbers: the exclusive or of them runs in C.
    size = len(data)
    key = (bytes(mask) * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "little") ^ int.from_bytes(key, "little")).to_bytes(size, "little")


def _utf8(message: bytes) -> bytes:
    if not message.isascii():
        try:
            message.decode()
        except UnicodeDecodeError:
            raise FrameError(NOT_UTF8, "text must be UTF-8") from None
    return message
