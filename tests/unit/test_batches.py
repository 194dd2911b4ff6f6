"""What becomes of units that follow others in the same transaction, when it fails or they give up."""

from collections.abc import Callable, Sequence
from threading import Thread
from typing import NoReturn, Self

from sqlalchemy import create_engine, text

from adapters.sql.executor import Row
from adapters.sql.postgresql.batch import Batch
from adapters.sql.postgresql.forms import BatchStatements
from adapters.sql.postgresql.group_commit import Batches
from adapters.sql.postgresql.room_unit import RoomUnit
from adapters.sql.postgresql.rounds import Call, Rounds, Write
from chat_domain.model.errors import Conflict, Unavailable
from chat_domain.model.identifiers import RoomId

QUESTION = Call(text("SELECT 1"), {}, all_rows=False)


class Transaction(Rounds):
    """Answers every question, and calls `before_the_end` where changes are made before the commit."""

    def __init__(self, before_the_end: Callable[[], None]) -> None:
        self._before_the_end = before_the_end

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to undo."""

    def ask(self, calls: Sequence[Call]) -> list[list[Row]]:
        return [[(1,)] for _ in calls]

    def settle(self, units: Sequence[Sequence[Write]], *, commit: bool) -> list[list[Row] | Conflict]:
        if not commit:
            self._before_the_end()
        return [[] for _ in units]


class Unit(RoomUnit):
    """Asks once, and then wants to commit, unless it gave up; `heard` is what it was told."""

    def __init__(self) -> None:
        super().__init__(
            Batches(_none, _none, BatchStatements(create_engine("sqlite://").dialect), patience=1.0), RoomId(1)
        )
        self.call = QUESTION
        self.heard: list[list[Row] | Exception] = []
        self._gave_up = False

    def hear(self, answer: list[Row] | Exception) -> None:
        self.heard.append(answer)
        if self.call and self.batch and not self._gave_up:
            self.call = None
            self.batch.wait(self)

    def roll_back(self) -> None:
        self._gave_up = True
        super().roll_back()


def _none() -> NoReturn:
    raise AssertionError("no other transaction is begun")


def test_who_follows_hears_of_it_when_the_changes_before_theirs_cannot_be_made() -> None:
    first, second = Unit(), Unit()

    def fail() -> None:
        raise Unavailable

    _carry_out(first, second, Transaction(fail))

    assert isinstance(first.heard[-1], Unavailable)
    assert isinstance(second.heard[-1], Unavailable)


def test_nobody_waits_for_a_follower_who_gives_up_while_the_changes_before_theirs_are_made() -> None:
    first, second = Unit(), Unit()

    _carry_out(first, second, Transaction(second.roll_back))

    assert first.heard == [[(1,)], []]
    assert second.heard == []


def _carry_out(first: Unit, second: Unit, transaction: Rounds) -> None:
    followers: list[list[RoomUnit]] = [[second], []]
    carrying = Thread(
        target=lambda: Batch([first]).carry_out(lambda: transaction, lambda _: followers.pop(0)), daemon=True
    )
    carrying.start()
    carrying.join(timeout=5)
    assert not carrying.is_alive()
