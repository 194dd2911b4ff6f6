"""What waits to be said stays in order and within its bound."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from adapters.broadcasting.bus.outgoing import Outgoing


def taken(outgoing: Outgoing) -> list[str]:
    return [orjson.loads(item) for item in outgoing.take()]


@given(st.lists(st.text(max_size=20)))
def test_what_was_put_is_taken_in_that_order(items: list[str]) -> None:
    outgoing = Outgoing()
    for item in items:
        outgoing.put(orjson.dumps(item))
    assert taken(outgoing) == items
    assert taken(outgoing) == []


def test_one_payload_does_not_grow_without_end() -> None:
    outgoing = Outgoing()
    for number in range(100):
        outgoing.put(orjson.dumps([number, "x" * 10_000]))
    first = outgoing.take()
    assert 60_000 < sum(map(len, first)) < 80_000
    items = first + [item for _ in range(20) for item in outgoing.take()]
    assert [orjson.loads(item)[0] for item in items] == list(range(100))


def test_an_item_larger_than_a_payload_goes_alone() -> None:
    outgoing = Outgoing()
    for item in ("x" * 100_000, "y"):
        outgoing.put(orjson.dumps(item))
    assert taken(outgoing) == ["x" * 100_000]
    assert taken(outgoing) == ["y"]


def test_what_could_not_be_said_is_next_again_and_the_first_to_make_room() -> None:
    outgoing = Outgoing(most=50)
    for number in range(3):
        outgoing.put(orjson.dumps(f"{number:08}"))
    some = outgoing.take()
    outgoing.put(orjson.dumps("00000003"))
    outgoing.put_back(some)
    outgoing.put(orjson.dumps("00000004"))
    outgoing.put(orjson.dumps("00000005"))
    assert [int(item) for item in taken(outgoing)] == [1, 2, 3, 4, 5]


def test_when_it_is_full_the_oldest_makes_room() -> None:
    outgoing = Outgoing(most=100)
    for number in range(30):
        outgoing.put(orjson.dumps(f"{number:08}"))
    assert [int(item) for item in taken(outgoing)] == list(range(20, 30))
    assert len(outgoing) == 0
