"""How long messages took to reach the clients."""

from collections.abc import Iterator, Sequence

from tests.integration.torture.history import Answered, Asked, History, Opened, Received, Record


def delays(history: History, since: float, until: float = float("inf")) -> list[float]:
    """Seconds from each message sent in this span to its being applied by each client that was in the room, sorted.

    Where no message reached anybody there is no figure to be held to a limit: that fails.
    """
    records = list(history.records)
    asked = {
        record.op: record
        for record in records
        if isinstance(record, Asked) and record.kind == "send" and since <= record.at < until
    }
    sent = {
        (asked[record.op].room, record.seq): asked[record.op].at
        for record in records
        if isinstance(record, Answered) and record.op in asked
    }
    found = sorted(_delays(records, sent))
    assert found, "no message of this time reached anybody"
    return found


def _delays(records: Sequence[Record], sent: dict[tuple[int, int], float]) -> Iterator[float]:
    opened: dict[tuple[str, int], float] = {}  # who comes into a room later reads older messages, too
    for record in records:
        if isinstance(record, Opened):
            opened[record.client, record.room] = record.at
        elif isinstance(record, Received) and record.applied:
            at = sent.get((record.event.room, record.event.seq), 0.0)
            if at > opened.get((record.client, record.event.room), 0.0):
                yield record.at - at
