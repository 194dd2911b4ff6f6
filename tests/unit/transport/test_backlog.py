"""A backlog gives the bytes back in order, however few of them are taken at a time, and keeps no more than it may."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.broadcasting.native.backlog import MOST_WAITING, Backlog


def nothing() -> None:
    """Nobody minds."""


def take(backlog: Backlog, sizes: st.DataObject | None = None) -> bytes:
    """Everything that is in it, in bites."""
    taken = b""
    while not backlog.is_empty:
        head = backlog.head()
        size = sizes.draw(st.integers(1, len(head))) if sizes else len(head)
        backlog.sent(size)
        taken += head[:size]
    return taken


frames = st.lists(st.binary(min_size=1, max_size=50), min_size=1, max_size=20)


@given(before=frames, after=frames, data=st.data())
def test_whatever_is_taken_at_a_time_the_bytes_are_the_same(
    before: list[bytes], after: list[bytes], data: st.DataObject
) -> None:
    backlog = Backlog(before, nothing)
    sent = data.draw(st.integers(0, len(backlog.head())))
    head = backlog.head()[:sent]
    backlog.sent(sent)
    for frame in after:
        backlog.append(frame)
    assert head + take(backlog, data) == b"".join(before + after)


def test_what_comes_when_too_much_waits_is_not_kept() -> None:
    overflown: list[bool] = []
    backlog = Backlog([b"x" * MOST_WAITING], lambda: overflown.append(True))
    backlog.append(b"the last that is kept")
    assert not overflown
    backlog.append(b"one too many")
    assert overflown
    assert take(backlog) == b"x" * MOST_WAITING + b"the last that is kept"


def test_what_was_sent_makes_room() -> None:
    overflown: list[bool] = []
    backlog = Backlog([b"x" * MOST_WAITING, b"y"], lambda: overflown.append(True))
    backlog.sent(MOST_WAITING)
    backlog.append(b"z")
    assert not overflown
    assert take(backlog) == b"yz"


def test_of_what_is_dropped_the_frame_that_was_begun_is_finished() -> None:
    backlog = Backlog([b"begun", b"not begun"], nothing)
    backlog.sent(2)
    backlog.finish(b"goodbye", dropping=True)
    assert take(backlog) == b"gungoodbye"


def test_of_what_is_dropped_nothing_stays_if_no_frame_was_begun() -> None:
    backlog = Backlog([b"sent", b"not begun"], nothing)
    backlog.sent(4)
    backlog.finish(b"goodbye", dropping=True)
    assert take(backlog) == b"goodbye"


def test_a_goodbye_follows_what_waits() -> None:
    backlog = Backlog([b"one", b"two"], nothing)
    backlog.finish(b"goodbye", dropping=False)
    assert take(backlog) == b"onetwogoodbye"
