"""What is kept of hints is bounded, however many rooms there are, and whatever happens to them."""

from hypothesis import given
from hypothesis import strategies as st

from chat_domain.delivery.backlog import MOST_HELD_IN_ALL, Backlog
from chat_domain.model.events import MessagePosted
from chat_domain.model.identifiers import RoomId, Seq
from tests.builders import NOON, a_message, a_person, a_room

ROOMS = [RoomId(room) for room in range(1, 5)]
PLACES = st.tuples(st.sampled_from(ROOMS), st.integers(1, 6).map(Seq))
DOINGS = st.one_of(
    st.tuples(st.just("hint"), PLACES),
    st.tuples(st.sampled_from(["release", "advance", "finish", "forget"]), PLACES),
    st.tuples(st.just("clear"), PLACES),
)


def a_post(room: RoomId, seq: int) -> MessagePosted:
    message = a_message(room=a_room(id=room, last_seq=seq - 1))
    return MessagePosted(room, Seq(seq), NOON, a_person(), message)


def test_what_is_kept_of_hints_in_all_rooms_is_bounded() -> None:
    kept, rooms = Backlog(), [RoomId(room) for room in range(1, 21)]
    for room in rooms:
        kept.begin(room, Seq(0))
        for seq in range(1, 401):
            kept.hint(a_post(room, seq))
    assert sum(len(kept.held(room)) for room in rooms) == MOST_HELD_IN_ALL
    assert kept.events == 20 * 400, "and yet all of them are known to be there"


@given(st.lists(DOINGS, max_size=60))
def test_what_was_let_go_makes_space(doings: list[tuple[str, tuple[RoomId, Seq]]]) -> None:
    kept = Backlog(most_held=3)
    for name, (room, seq) in doings:
        kept.begin(room, Seq(0))
        match name:
            case "hint":
                kept.hint(a_post(room, seq))
            case "advance":
                kept.advance(room, a_post(room, seq))
            case "clear":
                kept.clear()
            case _:
                getattr(kept, name)(room)
        assert sum(len(kept.held(each)) for each in ROOMS) <= 3
    for each in ROOMS:
        kept.finish(each)
    cursor = kept.begin(ROOMS[0], Seq(0))
    for place in range(cursor + 1, cursor + 9):
        kept.hint(a_post(ROOMS[0], place))
    assert len(kept.held(ROOMS[0])) == 3
