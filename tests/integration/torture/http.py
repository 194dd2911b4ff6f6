"""REST for the rig: one request, one connection."""

import asyncio
from typing import Any, Final

import orjson

from tests.integration.torture.line import NoAnswer, Refusal

_ANSWERED_WITHIN: Final = 8.0


async def ask(port: int, token: str, method: str, path: str, body: object = None) -> dict[str, Any]:
    """The reply to a request that is granted; raises Refusal or NoAnswer."""
    try:
        async with asyncio.timeout(_ANSWERED_WITHIN):
            head, content = await _exchange(port, token, method, path, body)
    except (OSError, TimeoutError, EOFError) as error:
        raise NoAnswer(repr(error)) from error
    try:
        status, reply = int(head.split(b" ", 2)[1]), orjson.loads(content) if content else {}
    except (ValueError, IndexError) as error:  # cut off, or what something in between says
        raise NoAnswer(repr(error)) from error
    if status >= 400:
        raise Refusal(reply)
    return dict(reply)


async def _exchange(port: int, token: str, method: str, path: str, body: object) -> tuple[bytes, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        content = orjson.dumps(body) if body is not None else b""
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0")
        return head, await reader.readexactly(int(length.split(b":")[1]))
    finally:
        writer.transport.abort()
