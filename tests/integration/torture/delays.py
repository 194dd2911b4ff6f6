"""How long messages took to reach the clients."""

from tests.integration.torture.history import Answered, Asked, History, Received


def delays(history: History, since: float, until: float = float("inf")) -> list[float]:
    """Seconds from a message's sending, in this span, to each client's applying it, sorted."""
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
    return sorted(
        record.at - sent[record.event.room, record.event.seq]
        for record in records
        if isinstance(record, Received) and record.applied and (record.event.room, record.event.seq) in sent
    )
