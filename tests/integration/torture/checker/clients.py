"""What must hold of what the clients received and of what they hold in the end."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tests.integration.torture.checker.run import RoomState, Run
from tests.integration.torture.checker.times import asked_after
from tests.integration.torture.history import Closed, Disconnected, Event, LoggedOut, Opened, Received

Interval = tuple[int, float]


def steps_of_one(run: Run) -> Iterator[str]:
    """I5: what a client applied in a room goes up by one from where it opened the room."""
    cursors: dict[tuple[str, int], int] = {}
    for record in run.history:
        match record:
            case Opened(client=client, room=room, seq=seq):
                cursors[client, room] = seq
            case Closed(client=client, room=room):
                cursors.pop((client, room), None)
            case Received(client=client, event=event, applied=True):
                before = cursors.get((client, event.room))
                if before is None or event.seq != before + 1:
                    yield f"{client} applied seq {event.seq} of room {event.room} after {before}"
                cursors[client, event.room] = event.seq


def clients_agree(run: Run) -> Iterator[str]:
    """I6: one (room, seq) is one event for all, and one version of a message has one body for all."""
    events: dict[tuple[int, int], tuple[object, ...]] = {}
    bodies: dict[tuple[int, int, str], str] = {}
    for client, event in _seen(run):
        what = (event.type, event.message, event.user)
        if events.setdefault((event.room, event.seq), what) != what:
            yield f"{client}: seq {event.seq} of room {event.room} is {what}, not {events[event.room, event.seq]}"
        if event.message:
            version = (event.room, event.message, "deleted" if event.deleted else event.edited_at)
            if bodies.setdefault(version, event.body) != event.body:
                yield f"{client}: message {version} says {event.body!r}, not {bodies[version]!r}"


def _seen(run: Run) -> Iterator[tuple[str, Event]]:
    for log in run.logs.values():
        for event in log:
            yield "the log", event
    for record in run.all(Received):
        yield record.client, record.event


def nothing_from_outside_the_membership(run: Run) -> Iterator[str]:
    """I9: a push lies within a membership of its receiver, what is synced not beyond the last one.

    A session that was ended receives nothing that was asked after its end was acknowledged.
    """
    memberships = _memberships(run)
    asked = asked_after(run)
    logged_out = {record.client: record.at for record in run.all(LoggedOut)}
    for record in run.all(Received):
        room, seq = record.event.room, record.event.seq
        spans = memberships.get((run.users[record.client], room), [])
        if not any((first if record.pushed else 0) <= seq <= last for first, last in spans):
            yield f"{record.client} received seq {seq} of room {room}, a member in {spans}"
        if asked.get((room, seq), 0) > logged_out.get(record.client, float("inf")):
            yield f"{record.client} received seq {seq} of room {room}, which was asked for after its logout"


def _memberships(run: Run) -> dict[tuple[int, int], list[Interval]]:
    found: dict[tuple[int, int], list[Interval]] = defaultdict(list)
    for room, log in run.logs.items():
        for event in log:
            spans = found[event.user, room]
            if event.type == "user_join":
                spans.append((event.seq, float("inf")))
            elif event.type == "user_left" and spans:
                spans[-1] = (spans[-1][0], event.seq)
    for spans in found.values():
        assert all(before[1] < after[0] for before, after in pairwise(spans)), "the log itself contradicts itself"
    return found


def state_equals_a_fresh_snapshot(run: Run) -> Iterator[str]:
    """I10: at rest a client knows its rooms, messages, read marks and unread counts as somebody who comes afresh."""
    for client, fresh in run.snapshots.items():
        known = run.states.get(client, {})
        if set(known) != set(fresh):
            yield f"{client} knows the rooms {sorted(known)}, not {sorted(fresh)}"
        for room in set(known) & set(fresh):
            yield from (f"{client}, room {room}: {what}" for what in _differences(known[room], fresh[room]))


def _differences(known: RoomState, fresh: RoomState) -> Sequence[str]:
    found = [
        f"{name} is {getattr(known, name)}, not {getattr(fresh, name)}"
        for name in ("last_seq", "read_seq", "unread", "mentions")
        if getattr(known, name) != getattr(fresh, name)
    ]
    return found + [
        f"message {id} is {shown}, not {fresh.messages.get(id)}"
        for id, shown in known.messages.items()
        if fresh.messages.get(id) != shown
    ]


def frames_are_whole(run: Run) -> Iterator[str]:
    """No client was ever sent a frame that is none."""
    for record in run.all(Disconnected):
        if record.why.startswith("corrupt"):
            yield f"{record.client} received {record.why[:200]}"
