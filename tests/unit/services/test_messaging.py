import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.errors import (
    ClientKeyReused,
    Forbidden,
    Invalid,
    MessageIsDeleted,
    MessageNotFound,
    NotAMember,
    TooMany,
)
from chat_domain.model.events import MessageDeleted, MessageEdited, MessagePosted
from chat_domain.model.identifiers import MessageId, RoomId, UserId
from chat_domain.model.memberships import Role
from chat_domain.model.messages import Message
from chat_domain.model.rooms import RoomKind
from chat_domain.model.values import ClientKey, MessageBody
from chat_domain.services.messaging import SENDS_BY_USER, TYPING_BY_USER
from tests.builders import Chat, a_chat


def a_room_of_two() -> tuple[Chat, RoomId, UserId, UserId]:
    chat = a_chat()
    ann, bob = chat.register("ann"), chat.register("bob")
    return chat, chat.open_room(ann, bob), ann, bob


def edit(chat: Chat, user: UserId, message: Message, text: str) -> Message:
    return chat.messaging.edit(user, room=message.room_id, message=message.id, body=MessageBody(text))


def delete(chat: Chat, user: UserId, message: Message) -> Message:
    return chat.messaging.delete(user, room=message.room_id, message=message.id)


def test_a_message_is_told_to_everybody_as_it_was_written() -> None:
    chat, room, ann, bob = a_room_of_two()
    chat.connect("b", bob)
    message = chat.say(ann, room, "  <b>hi</b>\n\ttwo  ", key="k1")
    (posted,) = chat.heard("b")
    assert isinstance(posted, MessagePosted)
    assert posted.message == message
    assert (str(message.body), str(message.client_key), message.sender.id) == ("  <b>hi</b>\n\ttwo  ", "k1", ann)
    assert posted.at == message.created_at == chat.clock.now()


def test_the_same_key_again_posts_nothing_and_returns_the_first_message() -> None:
    chat, room, ann, bob = a_room_of_two()
    chat.connect("b", bob)
    sends = [
        chat.messaging.post(ann, room=room, body=MessageBody("once"), key=ClientKey("k1"), reply_to=None)
        for _ in range(3)
    ]
    assert {message for message, _ in sends} == {sends[0][0]}
    assert [new for _, new in sends] == [True, False, False]
    assert len(chat.heard("b")) == 1


def test_the_same_key_with_other_content_is_a_conflict_and_changes_nothing() -> None:
    chat, room, ann, _ = a_room_of_two()
    first = chat.say(ann, room, "one", key="k1")
    for text, reply_to in (("two", None), ("one", first.id)):
        with pytest.raises(ClientKeyReused):
            chat.say(ann, room, text, key="k1", reply_to=reply_to)
    assert len(chat.log(room)) == 3


def test_the_key_still_counts_after_an_edit_and_after_a_deletion() -> None:
    chat, room, ann, _ = a_room_of_two()
    first = chat.say(ann, room, "one", key="k1")
    edited = edit(chat, ann, first, "better")
    assert chat.say(ann, room, "one", key="k1") == edited
    tombstone = delete(chat, ann, first)
    assert chat.say(ann, room, "one", key="k1") == tombstone
    with pytest.raises(ClientKeyReused):
        chat.say(ann, room, "better", key="k1")


def test_a_key_is_one_persons_in_one_room() -> None:
    chat, room, ann, bob = a_room_of_two()
    other = chat.open_room(ann)
    ids = {chat.say(user, place, "x", key="k").id for user, place in ((ann, room), (bob, room), (ann, other))}
    assert len(ids) == 3


SENDS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(["k1", "k2", None]), st.sampled_from(["a", "b"])), max_size=15
)


@given(SENDS)
def test_however_often_it_is_sent_there_is_one_message_for_each_sender_and_key(
    sends: list[tuple[int, str | None, str]],
) -> None:
    chat, room, *people = a_room_of_two()
    first: dict[tuple[int, str], Message] = {}
    keyless = 0
    for who, key, text in sends:
        known = first.get((who, key)) if key else None
        if known is not None and str(known.body) != text:
            with pytest.raises(ClientKeyReused):
                chat.say(people[who], room, text, key=key)
            continue
        message = chat.say(people[who], room, text, key=key)
        keyless += key is None
        if key:
            assert first.setdefault((who, key), message) == message
    posted = [event for event in chat.log(room) if isinstance(event, MessagePosted)]
    assert len(posted) == len(first) + keyless
    assert [event.seq for event in chat.log(room)] == list(range(1, len(posted) + 3))


def test_one_answers_messages_of_the_same_room_only() -> None:
    chat, room, ann, _ = a_room_of_two()
    elsewhere = chat.say(ann, chat.open_room(ann, kind=RoomKind.PRIVATE), "secret")
    here = chat.say(ann, room)
    assert chat.say(ann, room, reply_to=here.id).reply_to == here.id
    for target in (elsewhere.id, MessageId(10**9)):
        with pytest.raises(Invalid) as caught:
            chat.say(ann, room, reply_to=target)
        assert (caught.value.field, caught.value.reason) == ("reply_to", "message_not_found")


def test_a_message_is_not_reached_through_another_room() -> None:
    chat, room, ann, bob = a_room_of_two()
    other = chat.open_room(bob)
    message = chat.say(ann, room)
    with pytest.raises(MessageNotFound):
        chat.messaging.delete(bob, room=other, message=message.id)
    with pytest.raises(MessageNotFound):
        chat.messaging.edit(bob, room=other, message=message.id, body=MessageBody("x"))


def test_only_members_post() -> None:
    chat, room, _, bob = a_room_of_two()
    chat.members.leave(bob, room)
    with pytest.raises(NotAMember):
        chat.say(bob, room)


def test_an_edit_is_an_event_and_history_shows_the_new_words_only() -> None:
    chat, room, ann, bob = a_room_of_two()
    chat.connect("b", bob)
    message = chat.say(ann, room, "old words")
    edited = edit(chat, ann, message, "new words")
    assert (edited.seq, edited.edited_at) == (message.seq, chat.clock.now())
    assert [type(event) for event in chat.heard("b")] == [MessagePosted, MessageEdited]
    assert "old words" not in repr((chat.log(room), chat.reading.before(bob, room, None, limit=9)))


def test_the_same_words_again_are_no_edit() -> None:
    chat, room, ann, _ = a_room_of_two()
    message = chat.say(ann, room, "same")
    assert edit(chat, ann, message, "same") == message
    assert len(chat.log(room)) == 3


def test_a_deletion_leaves_a_tombstone_and_happens_once() -> None:
    chat, room, ann, bob = a_room_of_two()
    chat.connect("b", bob)
    message = chat.say(ann, room, "secret words", key="k1")
    tombstone = delete(chat, ann, message)
    assert delete(chat, ann, message) == tombstone
    assert [type(event) for event in chat.heard("b")] == [MessagePosted, MessageDeleted]
    assert "secret words" not in repr((chat.log(room), chat.reading.before(bob, room, None, limit=9)))
    with pytest.raises(MessageIsDeleted):
        edit(chat, ann, message, "back")


def test_rank_counts_for_deleting_and_never_for_editing() -> None:
    chat, room, ann, bob = a_room_of_two()
    message = chat.say(ann, room)
    with pytest.raises(Forbidden):
        delete(chat, bob, message)
    chat.members.put(ann, room, bob, Role.MODERATOR)
    with pytest.raises(Forbidden):
        edit(chat, bob, message, "x")
    assert delete(chat, bob, message).deleted


def test_who_was_removed_cannot_change_what_they_wrote() -> None:
    chat, room, ann, bob = a_room_of_two()
    message = chat.say(bob, room)
    chat.members.remove(ann, room, bob)
    with pytest.raises(NotAMember):
        delete(chat, bob, message)
    with pytest.raises(NotAMember):
        edit(chat, bob, message, "x")


def test_sends_edits_and_deletions_are_limited_together_by_user() -> None:
    chat, room, ann, bob = a_room_of_two()
    message = chat.say(ann, room)
    for number in range(SENDS_BY_USER.times - 1):
        if number % 2:
            edit(chat, ann, message, str(number))
        else:
            chat.messaging.post(ann, room=room, body=MessageBody("x"), key=None, reply_to=None)
    with pytest.raises(TooMany) as caught:
        delete(chat, ann, message)
    chat.messaging.post(bob, room=room, body=MessageBody("x"), key=None, reply_to=None)
    chat.clock.advance(seconds=caught.value.retry_after)
    assert delete(chat, ann, message).deleted


def test_typing_is_for_members_limited_and_stored_nowhere() -> None:
    chat, room, ann, bob = a_room_of_two()
    for _ in range(TYPING_BY_USER.times):
        chat.messaging.type(ann, room=room)
    with pytest.raises(TooMany):
        chat.messaging.type(ann, room=room)
    assert len(chat.log(room)) == 2
    chat.members.leave(bob, room)
    with pytest.raises(NotAMember):
        chat.messaging.type(bob, room=room)
