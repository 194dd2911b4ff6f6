"""What must hold of pages of history that were read over HTTP, through any process."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

from tests.integration.torture.checker.run import Run
from tests.integration.torture.history import Looked


def own_writes_are_read(run: Run) -> Iterator[str]:
    """I11: who reads after the acknowledgement finds what they wrote."""
    written: dict[tuple[str, int], list[tuple[float, int, int]]] = defaultdict(list)
    for send in run.sends:
        if send.answered:
            written[send.asked.client, send.asked.room].append((send.answered.at, send.answered.seq, send.answered.id))
    for look in run.all(Looked):
        seen = {shown.id for shown in look.messages}
        for at, seq, id in written[look.client, look.room]:
            if at < look.asked_at and look.first <= seq <= look.last and id not in seen:
                yield f"{look.client} does not find its message {id} at seq {seq} of room {look.room}"


def old_content_is_gone(run: Run) -> Iterator[str]:
    """I13: what an acknowledged edit or delete replaced is not shown to anybody who asks after it.

    A message is changed by one client, one change after the other, each with a body of its own.
    """
    bodies = {send.answered.id: send.asked.body for send in run.sends if send.answered}
    replaced: dict[int, list[tuple[float, str]]] = defaultdict(list)  # when which body was replaced, in this order
    for operation in run.operations:
        asked = operation.asked
        if asked.kind in ("edit", "delete") and operation.answered and asked.message in bodies:
            replaced[asked.message].append((operation.answered.at, bodies[asked.message]))
            bodies[asked.message] = asked.body
    for look in run.all(Looked):
        for shown in look.messages:
            old = replaced.get(shown.id, [])
            gone = {body for _, body in old[: bisect_left(old, (look.asked_at, ""))]}
            if shown.body in gone:
                yield f"{look.client} reads {shown.body!r} in message {shown.id}, which was replaced before"
