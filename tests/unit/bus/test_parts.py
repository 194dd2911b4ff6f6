"""Long payloads are cut and joined."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.broadcasting.bus.parts import LONGEST, Joiner, cut

texts = st.tuples(st.text(max_size=4), st.sampled_from("aé漢😀"), st.integers(0, 3 * LONGEST)).map(
    lambda part: part[0] + part[1] * part[2]
)


def joined(joiner: Joiner, parts: list[str]) -> list[bytes]:
    return [payload for part in parts if (payload := joiner.add(part)) is not None]


@given(payloads=st.lists(texts.map(str.encode), max_size=3))
def test_payloads_come_out_as_they_went_in(payloads: list[bytes]) -> None:
    parts = [part for payload in payloads for part in cut(payload)]
    assert all(len(part.encode()) < 8_000 for part in parts)
    assert joined(Joiner(), parts) == payloads


@given(texts.map(str.encode), st.data())
def test_one_of_which_a_part_is_missing_never_comes_and_the_next_does(payload: bytes, data: st.DataObject) -> None:
    parts = list(cut(payload))
    missing = data.draw(st.integers(0, len(parts) - 1))
    joiner = Joiner()
    assert joined(joiner, parts[:missing] + parts[missing + 1 :]) == []
    assert joined(joiner, list(cut(b"next"))) == [b"next"]


def test_a_strangers_notification_is_ignored() -> None:
    first, second = cut(b"x" * (LONGEST + 1))
    assert joined(Joiner(), [first, "hello", "", "1 / 2", second]) == [b"x" * (LONGEST + 1)]
