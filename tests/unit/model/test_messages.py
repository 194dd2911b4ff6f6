from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.errors import ClientKeyReused, Forbidden, Invalid, MessageIsDeleted
from chat_domain.model.identifiers import MessageId
from chat_domain.model.memberships import Role
from chat_domain.model.messages import Message, fingerprint
from chat_domain.model.rooms import RoomKind
from chat_domain.model.values import MessageBody
from tests.builders import NOON, a_membership, a_message, a_person, a_room

ANN, BOB = a_person("ann", id=1), a_person("bob", id=2)
BODIES = st.text(alphabet="ab 0123456789", min_size=1, max_size=12).map(lambda text: MessageBody(f"{text}."))


def test_a_post_takes_the_next_place_in_the_room() -> None:
    message = a_message(room=a_room(last_seq=7))
    assert (message.seq, message.edited_at, message.deleted) == (8, None, False)


@pytest.mark.parametrize("text", ["", " \n", "\u200b\u2060"])
def test_a_message_has_something_to_say_until_it_is_deleted(text: str) -> None:
    nothing = MessageBody(text)
    makings: list[Callable[[], Message]] = [
        lambda: a_message(text),
        lambda: a_message().edited(nothing, NOON),
        lambda: replace(a_message().delete(NOON), deleted_at=None),
    ]
    for make in makings:
        with pytest.raises(Invalid) as refusal:
            make()
        assert (refusal.value.field, refusal.value.reason) == ("message", "empty")
    with pytest.raises(Invalid):
        replace(a_message().delete(NOON), body=MessageBody("it is back"))


def test_a_reply_knows_which_message_it_answers_and_where_that_stands() -> None:
    original = a_message(id=7, room=a_room(last_seq=3))
    reply = a_membership(room=a_room(last_seq=9)).post(
        MessageBody("yes"), id=MessageId(8), at=NOON, key=None, reply_to=original
    )
    assert (reply.reply_to, reply.reply_to_seq) == (7, 4)
    assert (original.reply_to, original.reply_to_seq) == (None, None)


def test_only_the_sender_edits_a_message() -> None:
    edited = a_membership(ANN).edit(a_message(sender=ANN), MessageBody("better"), at=NOON)
    assert (str(edited.body), edited.edited_at) == ("better", NOON)
    with pytest.raises(Forbidden):
        a_membership(BOB, role=Role.OWNER).edit(a_message(sender=ANN), MessageBody("mine"), at=NOON)


def test_a_deleted_message_cannot_be_edited() -> None:
    with pytest.raises(MessageIsDeleted):
        a_membership(ANN).edit(a_message(sender=ANN).delete(NOON), MessageBody("back"), at=NOON)


@pytest.mark.parametrize("role", [Role.OWNER, Role.MODERATOR])
def test_who_moderates_may_delete_what_others_wrote(role: Role) -> None:
    assert a_membership(BOB, role=role).delete(a_message(sender=ANN), at=NOON).deleted


def test_a_member_deletes_only_their_own() -> None:
    assert a_membership(ANN).delete(a_message(sender=ANN), at=NOON).deleted
    with pytest.raises(Forbidden):
        a_membership(BOB).delete(a_message(sender=ANN), at=NOON)


@pytest.mark.parametrize("role", list(Role))
def test_nobody_deletes_what_the_other_wrote_in_a_direct_conversation(role: Role) -> None:
    room = a_room(kind=RoomKind.DIRECT, people=[1, 2])
    with pytest.raises(Forbidden):
        a_membership(BOB, role=role, room=room).delete(a_message(sender=ANN, room=room), at=NOON)


def test_a_tombstone_keeps_its_place_and_none_of_the_words() -> None:
    message = a_message("secret words", key="k1")
    tombstone = message.delete(NOON)
    assert (tombstone.id, tombstone.seq, tombstone.client_key) == (message.id, message.seq, message.client_key)
    assert "secret" not in repr(tombstone)
    assert (str(tombstone.body), tombstone.deleted_at) == ("", NOON)
    assert tombstone.delete(NOON + timedelta(days=1)) is tombstone


@given(BODIES, BODIES, st.integers(0, 99), st.integers(0, 99))
def test_two_sends_are_the_same_only_if_body_and_reply_are(a: MessageBody, b: MessageBody, x: int, y: int) -> None:
    to_x, to_y = (MessageId(number) if number else None for number in (x, y))
    assert (fingerprint(a, to_x) == fingerprint(b, to_y)) == ((a, x) == (b, y))


def test_a_repetition_is_recognised_after_an_edit_and_after_a_deletion() -> None:
    message = a_message("first", key="k1")
    for later in (message, message.edited(MessageBody("second"), NOON), message.delete(NOON)):
        assert later.require_same(MessageBody("first"), None) is later
        with pytest.raises(ClientKeyReused):
            later.require_same(MessageBody("second"), None)
        with pytest.raises(ClientKeyReused):
            replace(later).require_same(MessageBody("first"), MessageId(1))
