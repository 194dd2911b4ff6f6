"""Frames come out of a client's bytes however they are cut, and nothing hostile gets through or costs memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.broadcasting.native.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    LARGEST_MESSAGE,
    PING,
    PONG,
    TEXT,
    FrameError,
    FrameReader,
    close_code,
    close_frame,
    pong_frame,
    text_frame,
    text_of,
)
from tests.unit.transport.client import a_frame

Read = tuple[int, bytes]


def read_all(*pieces: bytes) -> list[Read]:
    """What a reader makes of bytes that come in these pieces."""
    reader, found = FrameReader(), []
    for piece in pieces:
        reader.feed(piece)
        while (one := reader.read()) is not None:
            found.append(one)
    return found


def verdict(*pieces: bytes) -> int | None:
    """The close code that these bytes earn, if any."""
    try:
        read_all(*pieces)
    except FrameError as error:
        return error.code
    return None


texts = st.text(max_size=300).map(str.encode)
controls = st.tuples(st.sampled_from([PING, PONG]), st.binary(max_size=125))
masks = st.binary(min_size=4, max_size=4)


@st.composite
def conversations(draw: st.DrawFn) -> tuple[bytes, list[Read]]:
    """A stream of frames, some messages in parts with control frames in between; and what it says."""
    stream, said = b"", []
    for _ in range(draw(st.integers(1, 6))):
        opcode, message = draw(st.one_of(st.tuples(st.just(TEXT), texts), st.tuples(st.just(BINARY), st.binary())))
        cuts = sorted(draw(st.lists(st.integers(0, len(message)), max_size=4)))
        parts = [message[start:end] for start, end in zip([0, *cuts], [*cuts, len(message)], strict=True)]
        for place, part in enumerate(parts):
            last = place == len(parts) - 1
            stream += a_frame(part, CONTINUATION if place else opcode, last=last, mask=draw(masks))
            if not last and draw(st.booleans()):
                control = draw(controls)
                stream += a_frame(control[1], control[0], mask=draw(masks))
                said.append(control)
        said.append((opcode, message))
    return stream, said


@given(conversation=conversations(), data=st.data())
def test_any_cut_of_a_stream_says_the_same(conversation: tuple[bytes, list[Read]], data: st.DataObject) -> None:
    stream, said = conversation
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert read_all(*pieces) == said


@given(conversation=conversations())
def test_a_stream_byte_by_byte_says_the_same(conversation: tuple[bytes, list[Read]]) -> None:
    stream, said = conversation
    assert read_all(*(stream[place : place + 1] for place in range(len(stream)))) == said


@given(pieces=st.lists(st.binary(max_size=400), max_size=8))
def test_no_bytes_raise_anything_but_a_frame_error(pieces: list[bytes]) -> None:
    assert verdict(*pieces) in (None, 1002, 1007, 1009)


@given(conversation=conversations(), data=st.data())
def test_damage_raises_nothing_but_a_frame_error(conversation: tuple[bytes, list[Read]], data: st.DataObject) -> None:
    stream = bytearray(conversation[0])
    for place in data.draw(st.lists(st.integers(0, len(stream) - 1), min_size=1, max_size=5)):
        stream[place] = data.draw(st.integers(0, 255))
    assert verdict(bytes(stream)) in (None, 1002, 1007, 1009)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_a_message_of_every_length_that_is_allowed_comes_through(size: int) -> None:
    assert read_all(a_frame(b"x" * size)) == [(TEXT, b"x" * size)]


@pytest.mark.parametrize(
    "frame",
    [
        a_frame(b"", length=LARGEST_MESSAGE + 1),
        a_frame(b"", length=2**63 - 1),
        a_frame(b"", length=2**63),
        a_frame(b"", length=2**64 - 1),
    ],
)
def test_a_length_beyond_64_kb_is_refused_before_anything_of_it_is_read(frame: bytes) -> None:
    assert verdict(frame) == 1009
    assert verdict(frame[: -len(b"mask")]) == 1009


def test_fragments_may_not_add_up_to_more_than_64_kb() -> None:
    begun = a_frame(b"x" * 60_000, last=False)
    assert read_all(begun, a_frame(b"x" * 5_536, CONTINUATION)) == [(TEXT, b"x" * 65_536)]
    assert verdict(begun, a_frame(b"x" * 5_537, CONTINUATION)) == 1009
    assert verdict(begun, a_frame(b"x" * 5_500, CONTINUATION, last=False), a_frame(b"x" * 37, CONTINUATION)) == 1009


def test_fragments_without_end_are_refused_even_if_they_are_empty() -> None:
    assert verdict(a_frame(b"", last=False), *[a_frame(b"", CONTINUATION, last=False)] * 200) == 1009


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([a_frame(b"hello", mask=None)], 1002),
        ([a_frame(b"hello", reserved=1)], 1002),
        ([a_frame(b"hello", reserved=4)], 1002),
        ([a_frame(b"hello", 3)], 1002),
        ([a_frame(b"hello", 15)], 1002),
        ([a_frame(b"hello", CONTINUATION)], 1002),
        ([a_frame(b"hel", last=False), a_frame(b"lo")], 1002),
        ([a_frame(b"hel", last=False), a_frame(b"lo", BINARY)], 1002),
        ([a_frame(b"x" * 126, PING)], 1002),
        ([a_frame(b"x", PING, last=False)], 1002),
        ([a_frame(b"hello", width=2)], 1002),
        ([a_frame(b"x" * 200, width=8)], 1002),
        ([a_frame(b"\xff")], 1007),
        ([a_frame(b"\xed\xa0\x80")], 1007),
        ([a_frame("é".encode()[:1], last=False), a_frame(b"", CONTINUATION)], 1007),
    ],
)
def test_a_broken_rule_has_its_close_code(frames: list[bytes], code: int) -> None:
    assert verdict(*frames) == code


def test_a_letter_may_be_cut_by_fragments() -> None:
    first, second = "é".encode()[:1], "é".encode()[1:]
    assert read_all(a_frame(first, last=False), a_frame(second, CONTINUATION)) == [(TEXT, "é".encode())]


@given(payload=st.one_of(texts, st.integers(0, 70_000).map(lambda size: b"x" * size)))
def test_what_the_server_frames_is_a_frame_without_a_mask(payload: bytes) -> None:
    frame = text_frame(payload)
    assert frame == a_frame(payload, mask=None)
    assert text_of(frame) == payload


def test_a_goodbye_carries_its_code_and_a_pong_its_ping() -> None:
    assert close_frame(1013, "too slow") == a_frame(b"\x03\xf5too slow", CLOSE, mask=None)
    assert pong_frame(b"there?") == a_frame(b"there?", PONG, mask=None)


@pytest.mark.parametrize(("payload", "code"), [(b"", 1000), (b"\x03\xe9", 1001), (b"\x0f\xa0bye", 4000)])
def test_a_goodbye_is_answered_with_its_code(payload: bytes, code: int) -> None:
    assert close_code(payload) == code


@pytest.mark.parametrize("payload", [b"\x03", b"\x03\xed", b"\x03\xee", b"\x00\x00", b"\xff\xff", b"\x03\xe8\xff"])
def test_a_goodbye_that_breaks_the_rules_is_verdict(payload: bytes) -> None:
    with pytest.raises(FrameError):
        close_code(payload)
