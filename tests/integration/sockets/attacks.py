"""What a client may send to cost a server its memory or its time, as bytes: those who send it should not be slow."""

import zlib
from collections.abc import Mapping
from typing import Final

from tests.integration.sockets.raw import CONTINUATION, TEXT, a_frame

MEBIBYTE: Final = 1024 * 1024
COMPRESSED: Final[Mapping[str, str]] = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
"""The headers of a handshake that offers to compress."""


def a_bomb(mebibytes: int) -> bytes:
    """A frame of permessage-deflate that is a message of so many MiB, in about a thousandth of them."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = deflate.compress(b"4") + deflate.flush(zlib.Z_FULL_FLUSH)
    block = deflate.compress(bytes(MEBIBYTE)) + deflate.flush(zlib.Z_FULL_FLUSH)  # it may be repeated
    return a_frame((head + block * mebibytes).removesuffix(b"\x00\x00\xff\xff"), compressed=True)


def _in_fragments(fragment: bytes, count: int) -> bytes:
    return a_frame(b"4", TEXT, last=False) + a_frame(fragment, CONTINUATION, last=False) * count


ATTACKS: Final[Mapping[str, bytes]] = {
    "oversized": a_frame(b"4" + b"x" * 2 * MEBIBYTE),
    "endless fragments": _in_fragments(b"x" * 10_000, 200),
    "endless empty fragments": _in_fragments(b"", 20_000),
    "lying length": a_frame(b"4" + b"x" * 200_000, length=2**63 - 1),
    "impossible length": a_frame(b"4" + b"x" * 1_000, length=2**63),
    "bomb": a_bomb(100),
    "bomb that is no longer than a message": a_bomb(60),
}
