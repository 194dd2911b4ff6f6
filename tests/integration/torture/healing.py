"""How long the clients took to be whole again after each fault."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from tests.integration.torture.checker import Run
from tests.integration.torture.history import Answered, Closed, Disconnected, Faulted, Opened, Received, Synced

OF_THE_DISCONNECTED: Final = frozenset({"F1", "F3", "F5", "F14 1 s", "F14 missed", "F15", "F22", "F23"})
"""Faults that only those have to heal from whose connections they cost; the others keep something from everybody."""


def healed(run: Run) -> dict[str, list[float]]:
    """For each fault, by name: the seconds that each client took, sorted.

    A client has healed when it has applied everything acknowledged or `unheard` before healing could begin in the rooms
    that it is in, and if it was disconnected, has synchronised since. Who is thrown out of a room meanwhile need not.
    Of faults that are OF_THE_DISCONNECTED those clients alone count that were disconnected.
    """
    found: dict[str, list[float]] = defaultdict(list)
    reached = _reached(run)
    presence = _presence(run)
    for fault in run.all(Faulted):
        heads = _heads(run, fault.healing_from)
        for room, seq in fault.unheard.items():
            heads[room] = max(heads[room], seq)
        concerned = [
            client for client in run.states if fault.name not in OF_THE_DISCONNECTED or _losses(presence[client], fault)
        ]
        healings = (_healed_at(reached, presence[client], client, fault, heads) for client in concerned)
        found[fault.name] += [max(0.0, at - fault.healing_from) for at in healings]
    return {name: sorted(times) for name, times in found.items()}


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which so large a share of the sorted values lies."""
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def _heads(run: Run, at: float) -> dict[int, int]:
    heads: dict[int, int] = defaultdict(int)
    for send in run.sends:
        if isinstance(send.answered, Answered) and send.answered.at <= at:
            heads[send.asked.room] = max(heads[send.asked.room], send.answered.seq)
    return heads


Reached = dict[tuple[str, int], list[tuple[float, int, bool]]]


def _reached(run: Run) -> Reached:
    """For each client and room, when its cursor came to which seq, and whether it is in the room."""
    found: Reached = defaultdict(list)
    for record in run.history:
        match record:
            case Received(at=at, client=client, event=event, applied=True):
                found[client, event.room].append((at, event.seq, True))
            case Opened(at=at, client=client, room=room, seq=seq):
                found[client, room].append((at, seq, True))
            case Closed(at=at, client=client, room=room):
                found[client, room].append((at, 0, False))
    return found


class Presence(NamedTuple):
    """When a client lost its connection, and when it had synchronised."""

    lost: list[float]
    synced: list[float]


def _presence(run: Run) -> dict[str, Presence]:
    found: dict[str, Presence] = defaultdict(lambda: Presence([], []))
    for record in run.history:
        match record:
            case Disconnected(at=at, client=client):
                found[client].lost.append(at)
            case Synced(at=at, client=client):
                found[client].synced.append(at)
    return found


def _healed_at(reached: Reached, presence: Presence, client: str, fault: Faulted, heads: dict[int, int]) -> float:
    rooms = (_room_healed_at(reached[client, room], fault.healing_from, head) for room, head in heads.items())
    return max((*rooms, *_back_at(presence, fault)), default=0.0)


def _room_healed_at(steps: list[tuple[float, int, bool]], since: float, head: int) -> float:
    start = bisect_left(steps, (since, 0, False))
    if not start or not steps[start - 1][2] or steps[start - 1][1] >= head:
        return 0.0
    return next((at for at, seq, is_in in islice(steps, start, None) if not is_in or seq >= head), float("inf"))


def _losses(presence: Presence, fault: Faulted) -> list[float]:
    return [at for at in presence.lost if fault.at <= at <= fault.healing_from + 1]


def _back_at(presence: Presence, fault: Faulted) -> Iterator[float]:
    if lost := _losses(presence, fault):
        yield next((at for at in presence.synced if at > max(lost)), float("inf"))
