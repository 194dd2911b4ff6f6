"""What must hold of messages that were sent."""

from collections import defaultdict
from collections.abc import Iterator

from tests.integration.torture.checker.run import Run
from tests.integration.torture.history import Answered, Asked, Refused, Unanswered


def acknowledged_is_kept_once(run: Run) -> Iterator[str]:
    """I1: every acknowledged send is in the final log exactly once, with the id, body and seq acknowledged."""
    changed = {operation.asked.message for operation in run.operations if operation.asked.kind in ("edit", "delete")}
    for asked, answered in _acknowledged(run):
        kept = run.kept(asked)
        if len(kept) != 1:
            yield f"{asked.op}: acknowledged as seq {answered.seq} of room {asked.room}, in the log {len(kept)} times"
        elif (kept[0].message, kept[0].seq) != (answered.id, answered.seq):
            yield f"{asked.op}: acknowledged as {answered.id} at {answered.seq}, kept as {kept[0]}"
        elif answered.id not in changed and not kept[0].body == answered.body == asked.body:
            yield f"{asked.op}: sent {asked.body!r}, acknowledged {answered.body!r}, kept {kept[0].body!r}"


def unanswered_is_there_at_most_once_and_refused_never(run: Run) -> Iterator[str]:
    """I2. A refusal after an attempt with no answer leaves open whether that attempt was it."""
    for send in run.sends:
        if send.answered:
            continue
        most = 0 if send.refused and not send.unanswered else 1
        if len(kept := run.kept(send.asked)) > most:
            yield f"{send.asked.op}: {'refused' if send.refused else 'no answer'}, in the log {len(kept)} times"


def a_client_id_names_one_message(run: Run) -> Iterator[str]:
    """I3."""
    for (room, sender, client_id), kept in run.messages.items():
        if client_id and len(kept) > 1:
            seqs = [event.seq for event in kept]
            yield f"room {room}, sender {sender}, client_id {client_id}: seqs {seqs}"


def a_senders_order_is_kept(run: Run) -> Iterator[str]:
    """I7: what one sender sent one after the other has its seqs in that order."""
    last: dict[tuple[str, int], int] = defaultdict(int)
    for asked, answered in _acknowledged(run):
        before = last[asked.client, asked.room]
        if answered.seq <= before:
            yield f"{asked.op}: seq {answered.seq} after {before} in room {asked.room}"
        last[asked.client, asked.room] = max(before, answered.seq)


def what_was_acknowledged_before_comes_before(run: Run) -> Iterator[str]:
    """I8: whatever had been acknowledged when a message was sent has a lower seq, whoever sent it."""
    sends = list(_acknowledged(run))
    by_answer = iter(sorted((answered.at, asked.room, answered.seq) for asked, answered in sends))
    head: dict[int, int] = defaultdict(int)
    coming = next(by_answer, None)
    for asked, answered in sends:
        while coming and coming[0] < asked.at:
            head[coming[1]] = max(head[coming[1]], coming[2])
            coming = next(by_answer, None)
        if answered.seq <= head[asked.room]:
            yield f"{asked.op}: seq {answered.seq} of room {asked.room}, but {head[asked.room]} had been acknowledged"


def no_answer_is_a_fault(run: Run) -> Iterator[str]:
    """Whatever breaks, the answer is a refusal that says why, or one to try again, and never a 500."""
    for record in run.history:
        if isinstance(record, Unanswered | Refused) and record.status == 500:
            yield f"{record.op}: answered with 500"


def _acknowledged(run: Run) -> Iterator[tuple[Asked, Answered]]:
    for send in run.sends:
        if send.answered:
            yield send.asked, send.answered
