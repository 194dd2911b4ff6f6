"""A payload in parts, for a channel that carries no long ones."""

import re
from collections.abc import Iterator
from typing import Final

LONGEST: Final = 7_900
"""Bytes of one part without what stands before it; PostgreSQL takes fewer than 8,000."""

_PART: Final = re.compile(r"(\d{1,6})/(\d{1,6}) (.*)", re.DOTALL)
_WITHIN_CHARACTER: Final = 0b10
"""How all bytes of a character begin in UTF-8, but the first."""


def cut(payload: bytes) -> Iterator[str]:
    """The payload, which is UTF-8, cut between characters; before each part its number and how many: `1/2 ...`."""
    cuts = [0]
    while len(payload) - cuts[-1] > LONGEST:
        end = cuts[-1] + LONGEST
        while payload[end] >> 6 == _WITHIN_CHARACTER:
            end -= 1
        cuts.append(end)
    for number, (begin, end) in enumerate(zip(cuts, [*cuts[1:], len(payload)], strict=True), 1):
        yield f"{number}/{len(cuts)} {payload[begin:end].decode()}"


class Joiner:
    """Parts to payloads. Those of one payload come one after the other; a beginning or an end may be missing."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def add(self, text: str) -> bytes | None:
        """The payload that this part completes, if it does. What is no part is ignored."""
        if not (found := _PART.fullmatch(text)):
            return None
        number, count, part = int(found[1]), int(found[2]), found[3]
        if number == 1:
            self._parts = []
        self._parts.append(part)
        if number == count == len(self._parts):
            return "".join(self._parts).encode()
        return None
