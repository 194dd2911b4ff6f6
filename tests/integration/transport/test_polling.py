"""What waits for a client that polls is kept no longer than its connection."""

import gc
import tracemalloc
from collections.abc import Iterator

import gevent
import pytest

from tests.integration.transport.house import House

MEBIBYTE = 1024 * 1024


@pytest.fixture
def traced() -> Iterator[None]:
    """Every allocation is noted, and nothing is freed but by the last one who lets go of it."""
    gc.disable()
    tracemalloc.start()
    yield
    tracemalloc.stop()
    gc.enable()


@pytest.mark.usefixtures("traced")
def test_what_was_not_fetched_goes_with_the_connection_and_waits_for_no_garbage_collector() -> None:
    house = House()
    id = house.begins_to_poll()
    before, _ = tracemalloc.get_traced_memory()
    house.connection(id).send(b"4" + b"x" * MEBIBYTE)
    assert tracemalloc.get_traced_memory()[0] - before > MEBIBYTE
    house.posts(id, b"1\x1e3")  # goodbye, and then more, which is not waited for
    assert not house.is_open(id)
    assert tracemalloc.get_traced_memory()[0] - before < MEBIBYTE / 2


def test_a_poll_that_waits_when_its_connection_goes_is_answered() -> None:
    house = House()
    id = house.begins_to_poll()
    poll = gevent.spawn(house.waits, id)
    gevent.sleep(0)
    house.posts(id, b"1\x1e3")
    assert not house.is_open(id)
    assert poll.get(timeout=5) == 200
