"""What a durable consumer took is judged rightly."""

import pytest

from tests.integration.torture.checker import Run
from tests.integration.torture.consumers import Taken, problems
from tests.integration.torture.history import Event, Faulted

ONE, OTHER = 101, 102
ROOM = 7


def a_run(*faults: Faulted, head: int = 6) -> Run:
    return Run(faults, {ROOM: [Event(ROOM, seq, "user_join", 0) for seq in range(1, head + 1)]})


def took(*seqs: int, at: float, by: int = ONE, age: float = 0.1, each: float = 0.1) -> list[Taken]:
    return [Taken(at + number * each, by, ROOM, seq, age) for number, seq in enumerate(seqs)]


GOOD: dict[str, tuple[list[Taken], Run]] = {
    "all in order": (took(1, 2, 3, 4, 5, 6, at=100), a_run()),
    "some twice, by the next process": (
        took(1, 2, 3, 4, at=100) + took(3, 4, 5, 6, at=108, by=OTHER),
        a_run(Faulted(100.5, "F1", 101)),
    ),
    "late while something is wrong": (
        took(1, at=100) + took(2, 3, 4, 5, 6, at=120, age=9),
        a_run(Faulted(111, "F7", 115)),
    ),
    "back after a lease": (took(1, 2, at=100) + took(3, 4, at=106, by=OTHER) + took(5, 6, at=112), a_run()),
}

BAD: dict[str, tuple[list[Taken], Run, str]] = {
    "one is missing": (took(1, 2, 3, 4, 5, at=100), a_run(), "all but [6]"),
    "one is passed over and comes later": (took(1, 2, 4, 3, 5, 6, at=100), a_run(), "4 of room 7 was taken after 2"),
    "two processes at once": (
        took(1, 2, at=100) + took(3, 4, at=101, by=OTHER) + took(5, 6, at=102),
        a_run(),
        "101 took events at once",
    ),
    "late": (took(1, at=100) + took(2, 3, 4, 5, 6, at=120, age=3), a_run(), "within 3.00 s"),
    "no take-over": (
        took(1, 2, 3, at=100) + took(4, 5, 6, at=112, by=OTHER),
        a_run(Faulted(100.5, "F1", 101)),
        "after 1 kills nothing was taken for 11.0 s",
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_right_is_not_blamed(name: str) -> None:
    taken, run = GOOD[name]
    assert list(problems(taken, run)) == []


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_found(name: str) -> None:
    taken, run, what = BAD[name]
    (found,) = problems(taken, run)
    assert what in found
