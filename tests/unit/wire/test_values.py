"""Fields take exactly what the domain's values take, and are described with the limits that hold."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from chat_domain.model.errors import Invalid
from chat_domain.model.identifiers import LARGEST_ID
from chat_domain.model.values import (
    ClientKey,
    DisplayName,
    Email,
    MessageBody,
    Password,
    RoomDescription,
    RoomName,
    Username,
)
from entrypoints.wire import values
from entrypoints.wire.values import LONGEST_PAGE


def a_message_of(text: str) -> MessageBody:
    """What a person may write: a message has nothing else."""
    return MessageBody(text).require_text()


FIELDS: dict[Any, Any] = {
    Username: values.UsernameField,
    DisplayName: values.DisplayNameField,
    Email: values.EmailField,
    Password: values.PasswordField,
    RoomName: values.RoomNameField,
    RoomDescription: values.RoomDescriptionField,
    a_message_of: values.MessageField,
    ClientKey: values.ClientKeyField,
}
ADAPTERS = {value: TypeAdapter(field) for value, field in FIELDS.items()}

every_value = pytest.mark.parametrize("value", FIELDS, ids=lambda value: value.__name__)


def of_length(value: Any, length: int) -> str:
    """Harmless text that is so long."""
    return "a@b".ljust(length, "b")[:length] if value is Email else "a" * length


def accepted(adapter: TypeAdapter[Any], data: object) -> bool:
    try:
        adapter.validate_python(data)
    except ValidationError:
        return False
    return True


@every_value
@given(text=st.text(max_size=40) | st.emails())
def test_a_field_takes_what_the_domain_takes_and_nothing_else(value: Any, text: str) -> None:
    try:
        expected = value(text)
    except Invalid:
        assert not accepted(ADAPTERS[value], text)
    else:
        assert ADAPTERS[value].validate_python(text) == expected


@every_value
@given(data=st.none() | st.booleans() | st.integers() | st.floats() | st.binary() | st.lists(st.text()))
def test_nothing_but_text_is_taken_for_text(value: Any, data: object) -> None:
    assert not accepted(ADAPTERS[value], data)


@every_value
def test_the_limits_that_are_described_are_those_that_hold(value: Any) -> None:
    schema = ADAPTERS[value].json_schema()
    shortest, longest = schema["minLength"], schema["maxLength"]
    assert accepted(ADAPTERS[value], of_length(value, shortest))
    assert accepted(ADAPTERS[value], of_length(value, longest))
    assert not accepted(ADAPTERS[value], of_length(value, longest + 1))
    assert shortest == 0 or not accepted(ADAPTERS[value], of_length(value, shortest - 1))


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [
        (values.Id, 1, LARGEST_ID),
        (values.Place, 0, LARGEST_ID),
        (values.IdText, 1, LARGEST_ID),
        (values.PlaceText, 0, LARGEST_ID),
        (values.Cursor, 0, LARGEST_ID),
        (values.Limit, 1, LONGEST_PAGE),
    ],
    ids=["Id", "Place", "IdText", "PlaceText", "Cursor", "Limit"],
)
def test_numbers_end_where_javascript_has_no_more_of_them_or_before(field: Any, least: int, most: int) -> None:
    adapter = TypeAdapter(field)
    assert all(accepted(adapter, number) for number in (least, most))
    assert not any(accepted(adapter, number) for number in (least - 1, most + 1))


@pytest.mark.parametrize("field", [values.Id, values.Place], ids=["Id", "Place"])
@pytest.mark.parametrize("data", ["1", 1.0, True, None, "", [1], b"1"])
def test_in_json_nothing_is_taken_for_a_number_that_is_none(field: Any, data: object) -> None:
    assert not accepted(TypeAdapter(field), data)


@given(text=st.text(max_size=100))
def test_what_is_searched_for_is_text_that_a_name_could_have(text: str) -> None:
    adapter = TypeAdapter(values.SearchField)
    try:
        expected = DisplayName(text).value
    except Invalid:
        assert not accepted(adapter, text)
    else:
        assert adapter.validate_python(text) == expected
