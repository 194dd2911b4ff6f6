"""A WebSocket client's side of the bytes, honest or not."""

from adapters.broadcasting.native.frames import TEXT

MASK = bytes.fromhex("a1b2c3d4")


def a_frame(
    payload: bytes = b"",
    opcode: int = TEXT,
    *,
    last: bool = True,
    mask: bytes | None = MASK,
    length: int | None = None,
    width: int | None = None,
    reserved: int = 0,
) -> bytes:
    """One frame as a client sends it; `length` may lie, and `width` (0, 2 or 8) says in how many bytes to write it."""
    size = len(payload) if length is None else length
    if width is None:
        width = 0 if size < 126 else 2 if size < 1 << 16 else 8
    first = (0x80 if last else 0) | reserved << 4 | opcode
    second = (0x80 if mask is not None else 0) | {0: size, 2: 126, 8: 127}[width]
    head = bytes((first, second)) + (size.to_bytes(width, "big") if width else b"")
    if mask is None:
        return head + payload
    return head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
