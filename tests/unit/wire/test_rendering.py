"""What is told of times, people and messages."""

import json
from datetime import UTC, datetime, timedelta
from re import fullmatch

from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.identifiers import MessageId
from chat_domain.model.values import MessageBody
from entrypoints.wire.rendering import message_body, person_body, time_text
from tests.builders import NOON, a_message, a_person, a_user

times = st.datetimes(timezones=st.just(UTC))


@given(at=times)
def test_a_time_is_text_that_leads_back_to_its_millisecond(at: datetime) -> None:
    text = time_text(at)
    assert fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text)
    assert datetime.fromisoformat(text) == at.replace(microsecond=at.microsecond // 1000 * 1000)


@given(earlier=times, later=times)
def test_times_as_text_are_ordered_as_the_times_are(earlier: datetime, later: datetime) -> None:
    assert (time_text(earlier) <= time_text(later)) or earlier > later


def test_a_person_is_told_with_id_username_and_name() -> None:
    ann = a_user("ann", id=7, name="Ann Smith").person
    assert person_body(ann) == {"id": 7, "username": "ann", "name": "Ann Smith"}


def test_of_a_person_who_gave_no_name_the_username_and_an_empty_name_are_told() -> None:
    assert person_body(a_person("ann", id=7)) == {"id": 7, "username": "ann", "name": ""}


def test_a_message_is_told_with_all_that_a_client_shows() -> None:
    message = a_message("hello", id=100, sender=a_person("ann", id=7), key="one")
    assert message_body(message) == {
        "id": 100,
        "room_id": message.room_id,
        "seq": message.seq,
        "sender": {"id": 7, "username": "ann", "name": ""},
        "content": "hello",
        "created_at": "2026-01-01T12:00:00.000Z",
        "client_id": "one",
        "edited_at": None,
        "deleted": False,
        "reply_to": None,
        "reply_to_seq": None,
    }


def test_an_edited_message_says_when() -> None:
    body = message_body(a_message("hello").edited(MessageBody("goodbye"), NOON + timedelta(seconds=1)))
    assert (body["content"], body["edited_at"], body["deleted"]) == ("goodbye", "2026-01-01T12:00:01.000Z", False)


def test_of_a_deleted_message_no_word_is_told_and_its_place_is() -> None:
    message = a_message("a secret", id=MessageId(100), key="one")
    body = message_body(message.delete(NOON))
    assert "secret" not in json.dumps(body)
    assert (body["id"], body["seq"], body["deleted"], body["content"]) == (100, message.seq, True, "")
