"""From a history, the final logs and the final state to the list of what is wrong. An empty list is the proof."""

from collections.abc import Callable, Iterator
from typing import Final

from tests.integration.torture.checker import clients, logs, reads, sends
from tests.integration.torture.checker.run import Run, Violation

INVARIANTS: Final[dict[str, Callable[[Run], Iterator[str]]]] = {
    "I1": sends.acknowledged_is_kept_once,
    "I2": sends.unanswered_is_there_at_most_once_and_refused_never,
    "I3": sends.a_client_id_names_one_message,
    "I4": logs.logs_are_dense,
    "I5": clients.steps_of_one,
    "I6": clients.clients_agree,
    "I7": sends.a_senders_order_is_kept,
    "I8": sends.what_was_acknowledged_before_comes_before,
    "I9": clients.nothing_from_outside_the_membership,
    "I10": clients.state_equals_a_fresh_snapshot,
    "I11": reads.own_writes_are_read,
    "I12": logs.a_log_never_shrinks,
    "I13": reads.old_content_is_gone,
    "frames": clients.frames_are_whole,
    "answers": sends.no_answer_is_a_fault,
}


def check(run: Run) -> list[Violation]:
    """Every violation of every invariant."""
    return [Violation(name, what) for name, holds in INVARIANTS.items() for what in holds(run)]


__all__ = ["INVARIANTS", "Run", "Violation", "check"]
