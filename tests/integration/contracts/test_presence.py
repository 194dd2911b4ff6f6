"""What every presence keeps: the one in memory, and the one between processes."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.bus.processes import Process, a_process, processes
from tests.integration.sockets.people import eventually

BETWEEN = ["postgresql", "valkey"]
ANN, BEN, CLEO = 1, 2, 3
EVERYBODY = (ANN, BEN, CLEO)


def url_of(request: pytest.FixtureRequest) -> str:
    fixtures = {"postgresql": "postgres_url", "valkey": "valkey_url"}
    return str(request.getfixturevalue(fixtures[request.param])) if request.param in fixtures else ""


@pytest.fixture(params=["memory", *BETWEEN])
def one(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Process]:
    """A process alone with each kind of presence."""
    with processes(url_of(request), tmp_path, 1) as [process]:
        yield process


@pytest.fixture(params=BETWEEN)
def three(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Process]]:
    """Three processes on each bus."""
    with processes(url_of(request), tmp_path, 3) as found:
        yield found


def sees(process: Process, *users: int, within: float = 2) -> None:
    eventually(lambda: process.online(*EVERYBODY) == list(users), f"{users} online", within)


def test_a_user_is_online_from_the_first_connection_until_collected_after_the_last(one: Process) -> None:
    assert one.online(ANN) == []
    assert one.ask("arrive", user=ANN)
    assert not one.ask("arrive", user=ANN), "was online already"
    one.ask("depart", user=ANN)
    assert one.gone() == []
    one.ask("depart", user=ANN)
    one.ask("depart", user=ANN)
    one.ask("depart", user=BEN)
    assert one.gone(grace=60) == []
    assert one.online(*EVERYBODY) == [ANN]
    assert not one.ask("arrive", user=ANN), "a reload is not a departure"
    assert one.gone() == []
    one.ask("depart", user=ANN)
    assert one.gone() == [ANN]
    assert one.gone() == [], "each is returned once"
    assert one.online(*EVERYBODY) == []
    assert one.ask("arrive", user=ANN)


def test_a_user_is_online_for_all_while_any_process_has_them(three: list[Process]) -> None:
    first, second, third = three
    assert first.ask("arrive", user=ANN)
    for process in three:
        sees(process, ANN)
    assert not second.ask("arrive", user=ANN), "was online already"
    eventually(lambda: (first.ask("depart", user=ANN), first.gone())[1] == [], "a departure")
    time.sleep(0.3)
    for process in three:
        sees(process, ANN)
    second.ask("depart", user=ANN)
    assert second.gone(grace=60) == []
    sees(third, ANN)
    assert second.gone() == [ANN]
    for process in three:
        sees(process)
        assert process.gone() == [], "one of them tells"


def test_a_newcomer_learns_who_is_online_and_is_learned_from(three: list[Process], tmp_path: Path) -> None:
    first, second, _ = three
    first.ask("arrive", user=ANN)
    second.ask("arrive", user=BEN)
    with a_process(first.url, tmp_path / "late.log") as late:
        late.ask("arrive", user=CLEO)
        for process in (late, *three):
            sees(process, *EVERYBODY, within=10)


@pytest.mark.parametrize("end", ["leave", "kill"])
def test_who_was_at_a_process_that_is_gone_is_gone_unless_they_are_elsewhere(three: list[Process], end: str) -> None:
    first, second, third = three
    for user in (ANN, BEN):
        first.ask("arrive", user=user)
    second.ask("arrive", user=BEN)
    sees(third, ANN, BEN)
    getattr(first, end)()
    third.has_peers(1, within=8)
    assert third.online(*EVERYBODY) == [ANN, BEN], "gone from that moment on, so still within the grace"
    assert second.gone(grace=5) == third.gone(grace=5) == []
    time.sleep(1.1)
    gone = second.gone() + third.gone() + second.gone() + third.gone()
    assert ANN in gone, "somebody tells"
    assert BEN not in gone
    sees(second, BEN)
    sees(third, BEN)


def test_who_was_at_a_process_that_was_frozen_is_back_with_it(three: list[Process]) -> None:
    first, second, third = three
    first.ask("arrive", user=ANN)
    sees(second, ANN)
    first.freeze()
    second.has_peers(1, within=8)
    first.thaw()
    second.has_peers(2)
    time.sleep(1.1)
    assert second.gone() == third.gone() == []
    for process in three:
        sees(process, ANN)
