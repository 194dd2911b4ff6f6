"""What must hold of the rooms' logs."""

from collections import defaultdict
from collections.abc import Iterator

from tests.integration.torture.checker.run import Run
from tests.integration.torture.history import Synced


def logs_are_dense(run: Run) -> Iterator[str]:
    """I4: each log is 1..N, in order, without gaps and repetitions."""
    for room, log in run.logs.items():
        for place, event in enumerate(log, 1):
            if event.seq != place:
                yield f"room {room}: seq {event.seq} at place {place}"
                break


def a_log_never_shrinks(run: Run) -> Iterator[str]:
    """I12: who asks after others were told of a seq is told of no lower one, unless in a new epoch."""
    facts = sorted(_facts(run))
    asks = sorted(
        (record.asked_at, record.epoch, room, seq)
        for record in run.all(Synced)
        for room, seq in record.last_seqs.items()
    )
    heads: dict[int, dict[str, int]] = defaultdict(dict)
    reached = 0
    for asked_at, epoch, room, seq in asks:
        while reached < len(facts) and facts[reached][0] < asked_at:
            _, known_epoch, known_room, known = facts[reached]
            heads[known_room][known_epoch] = max(known, heads[known_room].get(known_epoch, 0))
            reached += 1
        if seq < (known := heads[room].get(epoch, 0)):
            yield f"room {room}: told of seq {seq} at {asked_at:.3f} after {known} in epoch {epoch!r}"


def _facts(run: Run) -> Iterator[tuple[float, str, int, int]]:
    """When somebody was told of which seq, in which epoch. An acknowledgement is of the epoch that came before it."""
    rooms = {operation.asked.op: operation.asked.room for operation in run.sends}
    epochs = sorted((record.at, record.epoch) for record in run.all(Synced))
    for record in run.all(Synced):
        for room, seq in record.last_seqs.items():
            yield record.at, record.epoch, room, seq
    if len({epoch for _, epoch in epochs}) == 1:
        for operation in run.sends:
            if operation.answered:
                yield operation.answered.at, epochs[0][1], rooms[operation.asked.op], operation.answered.seq
