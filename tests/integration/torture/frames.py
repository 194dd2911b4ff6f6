"""WebSocket frames as a server sends them, taken apart without trust."""

import struct
from typing import Final, NamedTuple

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
_NO_MASK: Final = b"\x00" * 4
_EXTENDED: Final = {126: ("!H", 4), 127: ("!Q", 10)}


class Frame(NamedTuple):
    """One whole message."""

    opcode: int
    payload: bytes


def take_frame(buffer: bytearray) -> Frame | None:
    """Take a frame from the beginning of the buffer; None if it is not all there; raises ValueError for no frame."""
    if len(buffer) < 2:
        return None
    opcode, length, start = buffer[0] & 0x0F, buffer[1], 2
    if buffer[0] & 0xF0 != 0x80 or length > 127 or opcode not in (TEXT, CLOSE, PING, PONG):
        raise ValueError(f"a frame begins with {bytes(buffer[:20])!r}")
    if length in _EXTENDED:
        form, start = _EXTENDED[length]
        if len(buffer) < start:
            return None
        (length,) = struct.unpack(form, buffer[2:start])
    if len(buffer) < start + length:
        return None
    payload = bytes(buffer[start : start + length])
    del buffer[: start + length]
    return Frame(opcode, payload)


def frame(opcode: int, data: bytes) -> bytes:
    """A client's frame, with a mask of nothing."""
    first, length = 0x80 | opcode, len(data)
    head = struct.pack("!BB", first, 0x80 | length) if length < 126 else struct.pack("!BBH", first, 254, length)
    return head + _NO_MASK + data
