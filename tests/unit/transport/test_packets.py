"""Socket.IO packets are read strictly, and whatever else comes is malformed or unreadable: nothing else is raised."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.broadcasting.native.packets import (
    Connect,
    Disconnect,
    Event,
    Malformed,
    ack,
    attachments,
    event_packet,
    parse,
)

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
names = st.text().filter(lambda name: name not in ("connect", "disconnect", "*"))


@given(name=names, args=st.lists(values, max_size=3), id=st.none() | st.integers(0, 10**15 - 1))
def test_an_event_comes_out_as_it_went_in(name: str, args: list[object], id: int | None) -> None:
    digits = "" if id is None else str(id)
    assert parse(f"42{digits}{json.dumps([name, *args])}".encode()) == Event(digits.encode(), name, args)


@given(message=st.binary(max_size=60).map(lambda rest: b"4" + rest))
def test_no_bytes_raise_anything_but_malformed(message: bytes) -> None:
    with suppress(Malformed):
        parse(message)


@pytest.mark.parametrize(
    "data",
    [b"", b"[", b"[]", b"{}", b"true", b"[7]", b"[null]", b'["\\ud800"]', b'["x",NaN]', b'["connect"]', b'["*"]'],
)
def test_an_event_that_cannot_be_read_can_still_be_answered(data: bytes) -> None:
    assert parse(b"427" + data) == Event(b"7")


def test_nesting_that_only_an_attack_has_is_unreadable() -> None:
    assert parse(b'42["x",' + b"[" * 50_000) == Event(b"")


def test_an_event_with_attachments_is_unreadable_and_says_how_many_come() -> None:
    packet = b'452-7["x",{"_placeholder":true,"num":0}]'
    assert parse(packet) == Event(b"7")
    assert attachments(packet) == 2


@pytest.mark.parametrize("packet", [b"45", b"45-[]", b"4510-[]", b"45x-[]", b"42[]", b"4"])
def test_what_has_no_number_of_attachments_announces_none(packet: bytes) -> None:
    assert attachments(packet) == 0


@pytest.mark.parametrize(
    "message",
    [
        b"4",
        b"44{}",
        b"45",
        b"45999999999-[]",
        b"46[]",
        b"49",
        b"4x",
        b'42/admin,["x"]',
        b'421234567890123456["x"]',
        b"40{",
        b"40/\xff,",
        b"41[",
    ],
)
def test_what_no_client_may_send_is_malformed(message: bytes) -> None:
    with pytest.raises(Malformed):
        parse(message)


@pytest.mark.parametrize(
    ("message", "packet"),
    [
        (b"40", Connect("/", None)),
        (b'40{"token":"t"}', Connect("/", {"token": "t"})),
        (b"40[1]", Connect("/", [1])),
        (b"40/admin", Connect("/admin", None)),
        (b"40/admin,{}", Connect("/admin", {})),
        (b"41", Disconnect("/")),
        (b"41/admin,", Disconnect("/admin")),
        (b"431[]", None),
    ],
)
def test_the_other_packets_of_a_client(message: bytes, packet: object) -> None:
    assert parse(message) == packet


def test_what_the_server_says() -> None:
    assert event_packet("presence", {"online": True}) == b'42["presence",{"online":true}]'
    assert ack(b"17", {"data": {}}) == b'4317[{"data":{}}]'
