"""What every broadcaster keeps: the one within a process, and the bus over PostgreSQL and over Valkey."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.bus.processes import Process, a_process, processes
from tests.integration.servers.postgres import Postgres, a_postgres
from tests.integration.servers.valkey import Valkey, a_valkey
from tests.integration.sockets.people import eventually
from tests.integration.torture.proxy import a_faulty_proxy

BETWEEN = ["postgresql", "valkey"]
NUMBERS = [str(number) for number in range(500)]
LARGE = ["漢" * 4_000, "x", "ñ" * 3_999, "a" * 3_950]


def url_of(request: pytest.FixtureRequest) -> str:
    fixtures = {"postgresql": "postgres_url", "valkey": "valkey_url"}
    return str(request.getfixturevalue(fixtures[request.param])) if request.param in fixtures else ""


@pytest.fixture(params=["local", *BETWEEN])
def one(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Process]:
    """A process alone on each kind of bus."""
    with processes(url_of(request), tmp_path, 1) as [process]:
        yield process


@pytest.fixture(scope="module", params=BETWEEN)
def standing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Process]]:
    with processes(url_of(request), tmp_path_factory.mktemp("processes"), 3) as found:
        yield found


@pytest.fixture
def three(standing: list[Process]) -> list[Process]:
    """Three processes on each bus that carries anything between processes; no test may leave one of them changed."""
    for process in standing:
        process.forget()
    return standing


@pytest.fixture(params=BETWEEN)
def bus(request: pytest.FixtureRequest) -> Iterator[Postgres | Valkey]:
    """A bus of the test's own, to be killed."""
    with a_valkey() if request.param == "valkey" else a_postgres() as server:
        yield server


@pytest.fixture
def two(bus: Postgres | Valkey, tmp_path: Path) -> Iterator[list[Process]]:
    """Two processes on it."""
    with processes(address(bus), tmp_path, 2) as found:
        yield found


@pytest.fixture
def mortal(two: list[Process], tmp_path: Path) -> Iterator[list[Process]]:
    """Three processes of the test's own."""
    with a_process(two[0].url, tmp_path / "third.log") as third:
        for process in (*two, third):
            process.has_peers(2, within=20)
        third.becomes_current(within=20)
        yield [*two, third]


def address(bus: Postgres | Valkey) -> str:
    return bus.url if isinstance(bus, Valkey) else bus.url()


def test_a_process_hears_at_once_what_it_publishes_and_only_once(one: Process) -> None:
    one.publish(*NUMBERS[:3])
    assert one.heard() == NUMBERS[:3], "before publish returned"
    one.publish("after a while")
    time.sleep(0.3)
    assert one.heard() == [*NUMBERS[:3], "after a while"]


def test_a_process_alone_is_current_and_answers(one: Process) -> None:
    assert one.is_current()
    assert one.ask("answers")


def test_others_hear_everything_once_and_in_order(three: list[Process]) -> None:
    first, *others = three
    first.publish(*NUMBERS)
    first.ask("publish_at_once", texts=["at", "once"])
    for process in (*others, first):
        process.hears(*NUMBERS, "at", "once")
    time.sleep(0.3)
    assert [len(process.heard()) for process in three] == [len(NUMBERS) + 2] * 3


def test_each_of_several_is_heard_in_its_order(three: list[Process]) -> None:
    for process, letter in zip(three, "abc", strict=True):
        process.publish(*(letter + number for number in NUMBERS[:100]))
    for process in three:
        eventually(lambda process=process: len(process.heard()) == 300, "everything")  # type: ignore[misc]
        for letter in "abc":
            assert [text[1:] for text in process.heard() if text[0] == letter] == NUMBERS[:100]


def test_a_process_that_takes_long_to_receive_something_hears_everything_meanwhile(three: list[Process]) -> None:
    first, slow, _ = three
    slow.ask("pause_at", text="a long story", seconds=6)
    first.publish("a long story", *NUMBERS[:3])
    until = time.monotonic() + 2
    while time.monotonic() < until:
        assert slow.is_current(), "nothing keeps the bus from it"
        time.sleep(0.1)
    first.ask("end_session")
    time.sleep(0.05)
    assert slow.heard() == ["a session ended"], "which waits for nobody"
    slow.hears("a session ended", "a long story", *NUMBERS[:3], within=10)


def test_large_payloads_arrive_whole_beside_small_ones(three: list[Process]) -> None:
    first, second, third = three
    for _ in range(5):
        first.ask("publish_at_once", texts=LARGE)
        second.publish("small")
    eventually(lambda: len(third.heard()) == 25, "everything")
    assert [text for text in third.heard() if text != "small"] == LARGE * 5


def test_a_late_joiner_is_heard_and_hears(three: list[Process], tmp_path: Path) -> None:
    with a_process(three[0].url, tmp_path / "late.log") as late:
        late.has_peers(3, within=20)  # it has to start first
        for process in three:
            process.has_peers(3)
        late.publish("I am here")
        three[1].hears("I am here")
        three[0].publish("welcome")
        late.hears("I am here", "welcome")
        late.becomes_current()


def test_who_leaves_is_gone_at_once_and_who_is_killed_after_a_while(mortal: list[Process]) -> None:
    first, second, third = mortal
    third.publish("a last word")
    third.leave()
    first.has_peers(1, within=1)
    assert first.heard() == ["a last word"]
    second.kill()
    eventually(lambda: not first.is_current(), "a doubt", within=3)
    assert first.ask("peers") == 1
    first.has_peers(0, within=8)
    first.becomes_current(within=1)


def test_the_end_of_a_session_has_been_told_to_all_when_publishing_returns(three: list[Process]) -> None:
    first, *others = three
    first.has_peers(2, within=8)  # who was killed by another test is waited for while it counts as one
    first.ask("publish_at_once", texts=["x" * 3_000] * 200)
    assert first.ask("end_session") < 1.5
    for process in others:
        assert "a session ended" in process.heard(), "maybe before what was said before it"


def test_a_process_alone_need_not_wait_to_end_a_session(one: Process) -> None:
    one.becomes_current(within=10)
    assert one.ask("end_session") < 0.1
    assert one.heard() == ["a session ended"]


def test_whoever_cannot_be_told_of_the_end_of_a_session_knows_of_having_missed_something(
    bus: Postgres | Valkey, two: list[Process]
) -> None:
    first, second = two
    bus.kill()
    assert 1.8 < first.ask("end_session") < 4
    assert not second.is_current()


def test_the_end_of_a_session_waits_for_a_process_whose_bus_was_cut_off_without_a_word(
    bus: Postgres | Valkey, tmp_path: Path
) -> None:
    with (
        a_faulty_proxy(bus.port) as proxy,
        a_process(address(bus), tmp_path / "first.log") as first,
        a_process(address(bus).replace(f":{bus.port}/", f":{proxy.port}/"), tmp_path / "second.log") as second,
    ):
        for process in (first, second):
            process.has_peers(1, within=20)
            process.becomes_current(within=20)
        proxy.swallow()
        first.ask("end_session")
        assert not second.is_current(), "it can know by now that it may have missed something"


def test_a_frozen_process_keeps_the_end_of_a_session_back_for_two_seconds_and_hears_it_when_it_goes_on(
    two: list[Process],
) -> None:
    first, second = two
    second.freeze()
    assert 1.8 < first.ask("end_session") < 4
    second.thaw()
    eventually(lambda: second.heard() == ["a session ended"], "the end of the session")


def test_a_frozen_process_is_not_current_until_it_has_heard_what_it_missed(three: list[Process]) -> None:
    frozen, *others = three
    frozen.freeze()
    time.sleep(8)
    for process in others:
        process.has_peers(1, within=0)
    others[0].publish("meanwhile")
    frozen.thaw()
    thawed = time.monotonic()
    while time.monotonic() < thawed + 1.5:
        assert not frozen.is_current(), "what was said while it counted as dead was not for it"
        time.sleep(0.03)
    for process in three:
        process.has_peers(2)
        process.becomes_current()
    others[0].publish("afterwards")
    for process in three:
        eventually(lambda process=process: "afterwards" in process.heard(), "the news")  # type: ignore[misc]


def test_a_bus_that_was_killed_is_found_again(bus: Postgres | Valkey, two: list[Process]) -> None:
    first, second = two
    bus.kill()
    for process in two:
        eventually(lambda process=process: not process.is_current(), "a doubt", within=2)  # type: ignore[misc]
        eventually(lambda process=process: not process.ask("answers"), "no answer", within=4)  # type: ignore[misc]
    first.publish("into the void")
    assert first.heard() == ["into the void"], "who is here hears it nevertheless"
    time.sleep(3)
    assert first.ask("peers") == second.ask("peers") == 1, "nobody is taken for dead because nobody is heard"
    bus.start()
    second.hears("into the void", within=2)
    assert not second.is_current(), "what was said before may be lost"
    for process in two:
        process.becomes_current()
        assert process.ask("answers")
        words = process.log().splitlines()
        assert [line.split()[0] for line in words] == ["WARNING", "INFO"], "one line when it goes, one when it comes"
        assert words[0].startswith("WARNING the bus is away: ")
        assert words[1] == "INFO the bus is back"


def test_while_the_bus_is_away_what_waits_is_bounded_and_the_newest_is_kept(
    bus: Postgres | Valkey, two: list[Process]
) -> None:
    first, second = two
    bus.kill()
    eventually(lambda: not first.ask("answers"), "no answer", within=4)
    for number in range(30):
        first.ask("publish_at_once", texts=[f"{number} " + "x" * 3_900] * 100)
    assert first.ask("waiting") < 25, "30 times 400 KB do not fit into 8 MiB"
    bus.start()
    eventually(lambda: second.heard()[-1:] == first.heard()[-1:], "the last")
    assert {text.split()[0] for text in second.heard()} >= {str(number) for number in range(15, 30)}


def test_a_bus_that_is_away_at_the_start_is_joined_when_it_comes(bus: Postgres | Valkey, tmp_path: Path) -> None:
    bus.kill()
    with a_process(address(bus), tmp_path / "log") as process:
        process.publish("alone")
        assert process.heard() == ["alone"]
        assert not process.ask("answers")
        bus.start()
        eventually(lambda: process.ask("answers"), "an answer", within=2)
        process.becomes_current()


def test_a_password_is_not_logged(tmp_path: Path) -> None:
    for number, url in enumerate(("redis://ann:secret-x@127.0.0.1:1/0", "postgresql://ann:secret-x@127.0.0.1:1/chat")):
        with a_process(url, tmp_path / str(number)) as process:
            eventually(lambda process=process: "away" in process.log(), "a warning")  # type: ignore[misc]
            assert "secret-x" not in process.log()
