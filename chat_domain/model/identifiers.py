"""Identifiers: positive integers that fit in 2^53, so that a JavaScript number holds them exactly."""

from typing import Final, NewType

UserId = NewType("UserId", int)
SessionId = NewType("SessionId", int)
RoomId = NewType("RoomId", int)
MessageId = NewType("MessageId", int)
Seq = NewType("Seq", int)
"""A place in one room's log: dense, from 1; a log may begin later, where what was before is gone."""

Epoch = NewType("Epoch", str)
"""Which life of the logs: a restored backup begins another, and a seq of one epoch says nothing in the next."""

FIRST: Final = Seq(1)
"""Where every log begins."""

EMPTY_LOG: Final = Seq(0)
"""The last seq of a room in which nothing happened yet."""

LARGEST_ID: Final = 2**53 - 1
