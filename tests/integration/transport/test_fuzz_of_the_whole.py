"""Packets that no client sends, through all that handles them: they end their connection or get an error, no more."""

import json
import logging
import random
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from tests.integration.transport.house import House
from tests.integration.transport.test_fuzz import damaged

STRANGE = [
    b"3", b"431[]", b"42[]", b"42", b"4212{}", b'4213["connect",{}]', b'4214["*",{}]', b'4215["nonsense",{}]',
    b'4216["sync"]', b'4217["sync",{},{}]', b"4218" + b"[" * 300, b'4219["join",{"room_id":NaN}]', b"40{}",
    b'4220[["sync"],{}]', b'4221[{"a":1}]', b"4222[null]", b"4223[7,{}]", b"40/admin,{}",
    b'451-24["sync",{"_placeholder":true,"num":0}]', b"bAAECAw==",
]  # fmt: skip
DEADLY = [
    b"", b"0", b"2", b"2probe", b"5", b"6", b"7", b"x", b"\xb2", b"1", b"4", b"44{}", b"45", b"46[]", b"461-[]", b"49",
    b"4x", b'42/admin,["x"]', b"42" + b"9" * 16 + b"[]", b"40{", b"40/\xff,", b"41[", b"45999-[]", b'{"a":1}', b"\xff",
    b"bAAECAw==",
]  # fmt: skip
NO_ANSWER_IS_DUE = re.compile(rb"3|b|41|42(?!\d)|43|45\d-(?!\d)")


@pytest.fixture
def house(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[House]:
    """A house in whose logs there is no error at the end, and in which gevent met none."""
    with capture_logs() as logs:
        yield House()
    errors: list[object] = [entry for entry in logs if entry["log_level"] in ("error", "critical")]
    errors += [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert errors == []
    assert "Traceback" not in capfd.readouterr().err


def a_packet(house: House, chance: random.Random) -> bytes:
    """One that clients send or a strange one, with some damage, mostly behind what says which kind it is."""
    packet = chance.choice(chance.choice((house.packets, house.packets, STRANGE)))
    kept = chance.choice((0, 2, 2, 2))
    return packet[:kept] + damaged(packet[kept:], chance)


def judge(packet: bytes, answers: list[bytes]) -> str:
    """What was made of a packet that did not end its connection; fails where that is not right for it."""
    if not answers:
        assert NO_ANSWER_IS_DUE.match(packet), packet
        return "silence"
    (answer,) = answers
    if answer.startswith(b"44"):
        assert packet.startswith(b"40"), packet
        problem = json.loads(answer[answer.index(b'{"message"') :])["data"]
        assert 400 <= problem["status"] < 500, (packet, answer)
        return "error"
    (ack,) = json.loads(answer[answer.index(b"[") :])
    if "data" in ack:  # by another parser than the server's it must be an event with one object, too
        name, payload = json.loads(packet[packet.index(b"[") :])
        assert (type(name), type(payload)) == (str, dict), packet
        return "data"
    assert 400 <= ack["error"]["status"] < 500, (packet, answer)
    return "error"


def test_a_hundred_thousand_packets_end_their_connection_or_are_answered(house: House) -> None:
    chance = random.Random(20_261_121)  # the same cases every time
    outcomes: Counter[str] = Counter()
    wire = house.connects()
    for _ in range(100_000):
        packet = a_packet(house, chance)
        answers = wire.take(packet)
        if wire.has_ended:
            assert packet not in house.packets
            outcomes["end"] += 1
        else:
            outcomes[judge(packet, answers)] += 1
        if packet.startswith(b"41"):  # nobody is left to be answered
            wire.end()
        if wire.has_ended:
            wire = house.connects()
    assert min(outcomes[each] for each in ("end", "error", "data", "silence")) > 2_000, outcomes


def test_what_is_no_packet_at_all_ends_the_connection(house: House) -> None:
    for packet in DEADLY:
        for wire in (house.connects(), house.calls()):
            wire.take(packet)
            assert wire.has_ended, packet


def test_the_bodies_of_polls_are_refused_or_what_they_hold_is_answered(house: House) -> None:
    chance = random.Random(11)
    outcomes: Counter[str] = Counter()
    id = house.begins_to_poll()
    for _ in range(10_000):
        body = damaged(b"\x1e".join(a_packet(house, chance) for _ in range(chance.randrange(1, 4))), chance)
        if chance.random() < 0.8:  # most damage is none to UTF-8, or the door would turn nearly everything away
            body = body.decode("latin-1").encode()
        status, answers = house.posts(id, body), house.polls(id)
        packets = body.split(b"\x1e")
        if status != 200:
            assert (status, answers) == (400, [])
            outcomes["refused"] += 1
        elif not house.is_open(id):
            assert not all(packet in house.packets for packet in packets)
            outcomes["end"] += 1
        elif any(packet.startswith(b"41") for packet in packets):  # nobody is left to be answered
            house.posts(id, b"1")
            house.polls(id)
        else:
            assert len(answers) == sum(not NO_ANSWER_IS_DUE.match(packet) for packet in packets), body
            outcomes["answered"] += 1
        if not house.is_open(id):
            id = house.begins_to_poll()
    assert min(outcomes[each] for each in ("end", "refused", "answered")) > 200, outcomes
