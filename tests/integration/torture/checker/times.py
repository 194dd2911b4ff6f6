"""When things were asked for at the earliest, of which the logs tell no time that could be trusted."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from tests.integration.torture.checker.run import Operation, Run
from tests.integration.torture.history import Event

_MADE_BY: Final = {
    "send": "message", "edit": "message_edited", "delete": "message_deleted", "join": "user_join", "put": "user_join",
    "leave": "user_left", "remove": "user_left",
}  # fmt: skip
"""The kind of operation, and the type of the event that it makes."""

Subject = tuple[int, str, int]
"""The room, the type of the event, and the message or the user that it is about."""


def asked_after(run: Run) -> dict[tuple[int, int], float]:
    """For each room and seq a time before which the event was not asked for.

    An attempt makes one event at most, so the second edit of a message, say, is none from before the second that was
    asked. And what comes later in a log was not committed before what precedes it.
    """
    attempts = _attempts(run)
    found: dict[tuple[int, int], float] = {}
    for room, log in run.logs.items():
        since = 0.0
        for event in log:
            if times := attempts.get(_subject(event)):
                since = max(since, times.pop(0))
            found[room, event.seq] = since
    return found


def _attempts(run: Run) -> Mapping[Subject, list[float]]:
    """When each was asked for, in order. Of those who are members from the beginning nobody knows it."""
    found: dict[Subject, list[float]] = defaultdict(list)
    first: set[tuple[int, int]] = set()
    for room, log in run.logs.items():
        for event in log:
            if event.type == "user_join" and (room, event.user) not in first:
                first.add((room, event.user))
                found[_subject(event)].append(0.0)
    for operation in run.operations:
        if operation.asked.kind in _MADE_BY:
            found[_subject_of(run, operation)] += [operation.asked.at] * _tries(operation)
    return found


def _subject(event: Event) -> Subject:
    return event.room, event.type, event.message or event.user


def _subject_of(run: Run, operation: Operation) -> Subject:
    asked, answered = operation.asked, operation.answered
    message = answered.id if asked.kind == "send" and answered else asked.message
    return asked.room, _MADE_BY[asked.kind], message or asked.user or run.users.get(asked.client, 0)


def _tries(operation: Operation) -> int:
    """How often it may have been done."""
    return len(operation.unanswered) + (operation.refused is None)
