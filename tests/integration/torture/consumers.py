"""A durable consumer in launched servers, and whether what it took is what it was promised. The product has none.

Each process appends to the file `consumed` in its folder what its consumer took, a line an event: when, by which
process, the room, the seq, and how old the event was. That outlives a kill.
"""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from adapters.sql.postgresql.consumer_lock import LEASE
from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import RoomId
from chat_domain.ports.consumers import Beginning, Consumer
from entrypoints.container import Container
from tests.integration.torture.checker import Run
from tests.integration.torture.healing import quantile
from tests.integration.torture.history import Faulted

FILE: Final = "consumed"
LAG: Final = 2.0
"""Seconds that 99 of 100 events may be old, while all is well."""
TAKEN_OVER_WITHIN: Final = 10.0
_WELL_AGAIN: Final = 10.0
_KILLS: Final = frozenset({"F1", "F2", "F3"})


def recording_consumer() -> None:
    """Write down every event of every room."""
    Container.durable_consumers.add_args(_Recording())


class _Recording(Consumer):
    name = "recording"
    beginning = Beginning.FIRST_EVENT

    def consume(self, room_id: RoomId, events: Sequence[RoomEvent]) -> None:
        now, at = datetime.now(UTC), time.monotonic()
        lines = (
            f"{at:.6f} {os.getpid()} {room_id} {event.seq} {(now - event.at).total_seconds():.3f}\n" for event in events
        )
        file = os.open(FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, "".join(lines).encode("ascii"))
        finally:
            os.close(file)


class Taken(NamedTuple):
    """An event that a process took at `at`, when it was so many seconds old."""

    at: float
    process: int
    room: int
    seq: int
    age: float


def taken_in(folders: Sequence[Path]) -> list[Taken]:
    """All that was taken, in the order of time."""
    lines = [line.split() for folder in folders for line in _lines(folder / FILE)]
    return sorted(Taken(float(at), int(pid), int(room), int(seq), float(age)) for at, pid, room, seq, age in lines)


def _lines(file: Path) -> list[str]:
    return file.read_text("ascii").splitlines() if file.exists() else []


def has_all(taken: Sequence[Taken], heads: Mapping[int, int]) -> bool:
    """Whether every event was taken."""
    found = {(each.room, each.seq) for each in taken}
    return all((room, seq) in found for room, head in heads.items() for seq in range(1, head + 1))


def problems(taken: Sequence[Taken], run: Run) -> Iterator[str]:
    """What is not as it was promised: an event missing, out of order, late, or taken by two processes at once."""
    heads = {room: log[-1].seq for room, log in run.logs.items() if log}
    found = {(each.room, each.seq) for each in taken}
    for room, head in heads.items():
        if missing := [seq for seq in range(1, head + 1) if (room, seq) not in found]:
            yield f"of room {room} the consumer took all but {missing[:10]} of {head}"
    yield from _disorder(taken)
    yield from _two_at_once(taken)
    if (lag := quantile(lags_when_well(taken, run), 0.99)) > LAG:
        yield f"99 of 100 events were taken within {lag:.2f} s, not {LAG:.0f} s"
    for silence, kills in _silences_after_kills(taken, run):
        if silence > TAKEN_OVER_WITHIN * kills:
            yield f"after {kills} kills nothing was taken for {silence:.1f} s"


def figures(taken: Sequence[Taken], run: Run) -> dict[str, float]:
    """How it went, in numbers."""
    lags = lags_when_well(taken, run)
    return {
        "consumer: events taken": len(taken),
        "consumer: of those again": len(taken) - len({(each.room, each.seq) for each in taken}),
        "consumer: processes that ran it": len({each.process for each in taken}),
        "consumer: events taken while all is well": len(lags),
        "consumer: lag of these, p99, ms": 1_000 * quantile(lags, 0.99),
        "consumer: longest silence after a kill, s": max(
            (silence for silence, _ in _silences_after_kills(taken, run)), default=0.0
        ),
    }


def lags_when_well(taken: Sequence[Taken], run: Run) -> list[float]:
    """How old events were when they were taken, sorted, but for those of times of faults and of the beginning."""
    faults = [(fault.at, fault.healing_from + _WELL_AGAIN) for fault in run.all(Faulted)]
    if taken:
        faults.append((float("-inf"), taken[0].at + _WELL_AGAIN / 2))
    return sorted(
        each.age for each in taken if not any(begin <= each.at and each.at - each.age <= end for begin, end in faults)
    )


def _disorder(taken: Sequence[Taken]) -> Iterator[str]:
    reached: dict[int, int] = {}
    for each in taken:
        before = reached.get(each.room, 0)
        if each.seq > before + 1:
            yield f"{each.seq} of room {each.room} was taken after {before}"
        reached[each.room] = max(before, each.seq)


def _two_at_once(taken: Sequence[Taken]) -> Iterator[str]:
    """A process that had to stop cannot begin again before a lease is over."""
    stopped: dict[int, float] = {}
    for before, each in pairwise(taken):
        if before.process != each.process:
            stopped[before.process] = each.at
            if each.at - stopped.get(each.process, float("-inf")) < LEASE:
                yield f"processes {before.process} and {each.process} took events at once, at {each.at:.1f}"


def _silences_after_kills(taken: Sequence[Taken], run: Run) -> Iterator[tuple[float, int]]:
    """The times without any event in which processes were killed, and nothing else was wrong; and how many were."""
    faults = list(run.all(Faulted))
    for before, after in pairwise(taken):
        within = [each for each in faults if before.at <= each.healing_from and each.at <= after.at]
        if within and all(each.name in _KILLS for each in within):
            yield after.at - max(before.at, min(each.healing_from for each in within)), len(within)
