"""Rate limits in the memory of a process, and in Valkey: what they promise whatever the machine's clock says."""

import gc
import weakref

import pytest

from adapters.security.limits import WindowRateLimiter
from chat_domain.model.errors import TooMany
from chat_domain.ports.security import Limit, RateLimiter
from tests.integration.contracts.machine import MachineTime
from tests.integration.http.world import a_name
from tests.integration.sockets.people import eventually

HOUR = 3_600
THREE_A_MINUTE = Limit("three", times=3, seconds=60)
ONE_A_SECOND = Limit("one", times=1, seconds=1)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> MachineTime:
    return MachineTime(monkeypatch)


def fill(limiter: RateLimiter, limit: Limit, key: str) -> None:
    for _ in range(limit.times):
        limiter.hit(limit, key)


def wait_of(limiter: RateLimiter, limit: Limit, key: str) -> float:
    """What somebody is told who is refused."""
    with pytest.raises(TooMany) as refused:
        limiter.hit(limit, key)
    return refused.value.retry_after


def is_granted(limiter: RateLimiter, limit: Limit, key: str) -> bool:
    try:
        limiter.hit(limit, key)
    except TooMany:
        return False
    return True


@pytest.mark.parametrize(("before", "then"), [(HOUR, 0), (0, HOUR), (0, -HOUR), (-HOUR, 0)])
def test_in_memory_a_clock_that_is_set_neither_lengthens_a_window_nor_empties_it(
    machine: MachineTime, before: float, then: float
) -> None:
    limiter = WindowRateLimiter.in_memory()
    machine.set_ahead(before)
    fill(limiter, THREE_A_MINUTE, "anna")
    machine.set_ahead(then)
    assert 59 <= wait_of(limiter, THREE_A_MINUTE, "anna") <= 60
    machine.go_on(59)
    assert wait_of(limiter, THREE_A_MINUTE, "anna") == 1, "what is told is a second at least"
    machine.go_on(1.1)
    fill(limiter, THREE_A_MINUTE, "anna")
    assert 59 <= wait_of(limiter, THREE_A_MINUTE, "anna") <= 60


def test_in_memory_the_window_moves_and_what_is_refused_does_not_count(machine: MachineTime) -> None:
    limiter = WindowRateLimiter.in_memory()
    for _ in range(3):
        limiter.hit(THREE_A_MINUTE, "anna")
        machine.go_on(15)
    for passed in range(3):
        assert 15 - passed - 1 <= wait_of(limiter, THREE_A_MINUTE, "anna") <= 15 - passed
        machine.go_on(1)
    machine.go_on(12)
    limiter.hit(THREE_A_MINUTE, "anna")
    assert 14 <= wait_of(limiter, THREE_A_MINUTE, "anna") <= 15, "the second of the first three counts still"


class Key(str):
    """Text of which one can tell whether anybody still has it."""


def test_in_memory_whoever_did_nothing_for_a_window_is_forgotten(machine: MachineTime) -> None:
    limiter = WindowRateLimiter.in_memory()
    keys = [Key(f"somebody {number}") for number in range(100)]
    kept = [weakref.ref(key) for key in keys]
    for key in keys:
        limiter.hit(THREE_A_MINUTE, key)
    machine.go_on(50)
    limiter.hit(THREE_A_MINUTE, keys[0])
    machine.go_on(20)
    del keys, key
    limiter.hit(THREE_A_MINUTE, "anna")
    gc.collect()
    assert [number for number, one in enumerate(kept) if one()] == [0], "all but who was there again meanwhile"


def test_in_valkey_a_window_that_a_fast_clock_filled_is_over_in_time_once_the_clock_is_right(
    machine: MachineTime, valkey_url: str
) -> None:
    limiter, key = WindowRateLimiter.in_redis(valkey_url), a_name()
    machine.set_ahead(HOUR)
    fill(limiter, ONE_A_SECOND, key)
    machine.set_ahead(0)
    assert wait_of(limiter, ONE_A_SECOND, key) <= 1
    eventually(lambda: is_granted(limiter, ONE_A_SECOND, key), "the end of the window", within=2.5)


def test_in_valkey_nobody_is_told_to_wait_longer_than_a_window_whatever_the_clocks_of_the_servers_say(
    machine: MachineTime, valkey_url: str
) -> None:
    limiter, key = WindowRateLimiter.in_redis(valkey_url), a_name()
    machine.set_ahead(HOUR)
    fill(limiter, THREE_A_MINUTE, key)
    for ahead in (0, -HOUR, HOUR):
        machine.set_ahead(ahead)
        assert 1 <= wait_of(limiter, THREE_A_MINUTE, key) <= 60
