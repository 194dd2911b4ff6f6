"""Whatever is sent becomes a request or a refusal that names every bad field and repeats nothing of what was sent."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat_domain.model.errors import FieldError
from chat_domain.model.identifiers import LARGEST_ID
from chat_domain.model.values import MessageBody
from entrypoints.wire import requests
from entrypoints.wire.parsing import InvalidRequest, Request, parse
from entrypoints.wire.requests import ChangeMe, History, LogIn, MessagePath, PresenceQuery, Register, SendMessage, Sync

EVERY_REQUEST = [each for each in vars(requests).values() if isinstance(each, type) and issubclass(each, Request)]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def refused(model: type[Request], data: object) -> tuple[FieldError, ...]:
    with pytest.raises(InvalidRequest) as caught:
        parse(model, data)
    return caught.value.fields


@settings(max_examples=300)
@given(model=st.sampled_from(EVERY_REQUEST), data=st.data())
def test_no_data_raises_anything_but_a_refusal(model: type[Request], data: st.DataObject) -> None:
    names = st.sampled_from([*model.model_fields, "unknown"])
    with suppress(InvalidRequest):
        parse(model, data.draw(st.dictionaries(names, json_values) | json_values))


def test_a_request_has_the_domains_values() -> None:
    request = parse(SendMessage, {"room_id": 1, "message": "hello"})
    assert (request.room_id, request.message, request.client_id) == (1, MessageBody("hello"), None)


def test_every_bad_field_is_named_at_once_each_with_a_code_and_a_sentence() -> None:
    bad = refused(Register, {"username": "x", "password": 7, "name": "a\x00", "likes": "cats"})
    assert {(field.field, field.code) for field in bad} == {
        ("username", "length"),
        ("password", "type"),
        ("name", "control_character"),
        ("likes", "extra_forbidden"),
    }
    assert all(field.detail.endswith(".") for field in bad)


def test_a_missing_field_is_named() -> None:
    assert [(field.field, field.code) for field in refused(SendMessage, {"message": "hello"})] == [
        ("room_id", "missing")
    ]


def test_a_bad_field_within_another_is_named_by_its_path() -> None:
    assert {field.field for field in refused(Sync, {"rooms": {"7": -1}})} == {"rooms.7"}
    assert {field.field for field in refused(PresenceQuery, {"user_ids": [1, 0]})} == {"user_ids.1"}


@pytest.mark.parametrize("data", [None, [], "", 7, True, [{}]])
def test_what_is_no_object_is_refused_as_a_whole(data: object) -> None:
    assert [field.field for field in refused(SendMessage, data)] == [""]


@pytest.mark.parametrize(
    ("model", "data", "field", "code"),
    [
        (LogIn, {"password": "x"}, "username", "missing"),
        (LogIn, {"username": "ann", "email": "ann@example.org", "password": "x"}, "username", "missing"),
        (ChangeMe, {"password": "correct horse battery"}, "current_password", "missing"),
        (History, {"before": 3, "after": 1}, "before", "exclusive"),
    ],
)
def test_fields_that_do_not_go_together_are_blamed_on_one_of_them(
    model: type[Request], data: dict[str, object], field: str, code: str
) -> None:
    assert [(bad.field, bad.code) for bad in refused(model, data)] == [(field, code)]


def test_one_bad_field_is_told_in_the_refusals_own_sentence_and_several_are_not() -> None:
    with pytest.raises(InvalidRequest, match=r"^8 to 128 characters\.$"):
        parse(Register, {"username": "ann", "password": "short"})
    with pytest.raises(InvalidRequest, match="has fields that are not valid"):
        parse(Register, {"username": "a", "password": "short"})


@given(secret=st.text(st.characters(categories=["Lu"]), min_size=8, max_size=20))
def test_a_refusal_repeats_nothing_of_what_was_sent(secret: str) -> None:
    sent: list[tuple[type[Request], dict[str, Any]]] = [
        (Register, {"username": f"{secret} {secret}", "password": [secret], "email": secret}),
        (LogIn, {"username": {"x": secret}, "password": {"y": secret}, "cookie": secret}),
        (SendMessage, {"room_id": secret, "message": secret + "\x00"}),
    ]
    for model, data in sent:
        for bad in refused(model, data):
            assert secret not in f"{bad.code} {bad.detail}"


@given(id=st.integers(1, LARGEST_ID))
def test_an_address_has_numbers_as_text_and_json_has_not(id: int) -> None:
    assert parse(MessagePath, {"room_id": str(id), "message_id": str(id)}) == MessagePath(room_id=id, message_id=id)
    assert [bad.field for bad in refused(SendMessage, {"room_id": str(id), "message": "x"})] == ["room_id"]


@pytest.mark.parametrize("model", EVERY_REQUEST)
def test_a_request_cannot_be_changed_and_takes_no_field_that_it_does_not_know(model: type[Request]) -> None:
    assert model.model_config["frozen"]
    assert ("unknown", "extra_forbidden") in {(bad.field, bad.code) for bad in refused(model, {"unknown": 1})}


def test_an_email_of_null_is_taken_away_and_none_at_all_is_kept() -> None:
    assert parse(ChangeMe, {"email": None}).forgets_email
    assert not parse(ChangeMe, {}).forgets_email
    assert not parse(ChangeMe, {"email": "ann@example.org"}).forgets_email
