import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.errors import Invalid
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

Text = ClientKey | DisplayName | Email | MessageBody | Password | RoomDescription | RoomName
TEXTS: list[Callable[[str], Text]] = [DisplayName, MessageBody, Password, RoomDescription, RoomName, ClientKey]
ONE_LINERS: list[Callable[[str], Text]] = [DisplayName, Password, RoomName, ClientKey, Email]
LINES = st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\r\t"), max_size=60)


def a_text_to_send(text: str) -> MessageBody:
    return MessageBody(text).require_text()


def refusal(make: Callable[[str], object], text: str) -> str:
    with pytest.raises(Invalid) as caught:
        make(text)
    assert caught.value.field
    return caught.value.reason


@given(LINES)
def test_a_message_is_kept_exactly_as_written(text: str) -> None:
    written = f"{text}!"
    assert MessageBody(written).value == written
    assert RoomDescription(written).value == written


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=60))
def test_a_password_is_kept_exactly_as_written(text: str) -> None:
    assert Password(f"{text}12345678").value == f"{text}12345678"


@pytest.mark.parametrize("bad", ["\0", "\x07", "\x1b", "\x7f", "\x85", "\ud800"])
@pytest.mark.parametrize("make", [*TEXTS, Email])
def test_control_characters_and_lone_surrogates_are_refused_everywhere(make: Callable[[str], Text], bad: str) -> None:
    assert refusal(make, f"abcd{bad}efgh@example.com") == "control_character"


@given(st.text(alphabet=st.characters(categories=["Cc", "Cs"], exclude_characters="\n\r\t"), min_size=1, max_size=3))
def test_no_control_character_at_all_gets_into_a_message(bad: str) -> None:
    assert refusal(MessageBody, f"text {bad} text") == "control_character"


@pytest.mark.parametrize("line_break", ["\n", "\r", "\t", "\u2028", "\u2029"])
@pytest.mark.parametrize("make", ONE_LINERS)
def test_names_and_keys_are_on_one_line(make: Callable[[str], Text], line_break: str) -> None:
    assert refusal(make, f"abcd{line_break}efgh@example.com") == "control_character"


def test_messages_and_descriptions_may_have_lines_and_tabs() -> None:
    assert MessageBody("a\n\tb\r\nc\u2028d").value == "a\n\tb\r\nc\u2028d"
    assert RoomDescription("a\nb").value == "a\nb"


@pytest.mark.parametrize(
    ("make", "longest"),
    [(DisplayName, 80), (MessageBody, 4_000), (RoomDescription, 500), (RoomName, 80), (ClientKey, 128)],
)
def test_texts_have_a_longest_length_in_characters(make: Callable[[str], Text], longest: int) -> None:
    assert len(str(make("😀" * longest))) == longest
    assert refusal(make, "a" * (longest + 1)) == "too_long"


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\u200b", "\u2060\ufeff", "\u3164", "\u2800", "\ufe0f", "\u00a0"])
@pytest.mark.parametrize("make", [a_text_to_send, RoomName, ClientKey])
def test_what_looks_empty_is_refused(make: Callable[[str], Text], blank: str) -> None:
    assert refusal(make, blank) == "empty"


def test_of_a_message_what_looks_empty_is_empty() -> None:
    assert MessageBody("") == MessageBody(" \u200b") == MessageBody("\n\u2800")
    assert MessageBody(" text ").require_text() == MessageBody(" text ")


def test_a_blank_display_name_is_no_name() -> None:
    assert DisplayName("").value == ""
    assert DisplayName(" \u200b").value == ""
    assert DisplayName(" Ann ").value == " Ann "


@pytest.mark.parametrize("seen", ["❤️", "👩‍👩‍👧", "ᄒ", "؟", "\U000f0000", "a\u200b"])
def test_whatever_can_be_seen_is_a_message(seen: str) -> None:
    assert MessageBody(seen).value == seen


@pytest.mark.parametrize(("text", "reason"), [("a" * 7, "length"), ("a" * 129, "length"), ("", "length")])
def test_a_password_has_8_to_128_characters(text: str, reason: str) -> None:
    assert refusal(Password, text) == reason
    assert Password("a" * 8) != Password("a" * 128)


@pytest.mark.parametrize(
    "address",
    ["", "a", "@", "a@", "@b", "a b@c.de", "a@b c.de", "a@@b.de", "a@b@c.de", "a\u00a0b@c.de", "a" * 250 + "@b.de"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    assert refusal(Email, address) in {"email", "too_long"}


@pytest.mark.parametrize(
    "address", ["a@b", "ann+chat@example.com", "ann@localhost", "ünï@bücher.example", "o'neil@x.ie"]
)
def test_an_address_is_kept_as_written(address: str) -> None:
    assert Email(address).value == address


def test_addresses_are_compared_without_case() -> None:
    assert Email("Ann@Example.COM").key == Email("ann@example.com").key


def test_secrets_and_addresses_are_not_shown_by_repr() -> None:
    assert "horse" not in repr(Password("horse horse"))
    assert "ann" not in repr(Email("ann@example.com"))


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Lt", "Lo", "Nd"]), min_size=1, max_size=30))
def test_an_address_has_one_key_in_all_its_forms(local: str) -> None:
    keys = {Email(unicodedata.normalize(form, f"{local}@example.com")).key for form in ("NFC", "NFD", "NFKC", "NFKD")}
    assert len(keys) == 1


@given(st.text(alphabet=st.characters(), max_size=300))
def test_any_text_at_all_is_accepted_or_refused_as_invalid(text: str) -> None:
    for make in (*TEXTS, Email, Username):
        try:
            make(text)
        except Invalid as error:
            assert error.fields[0].field  # noqa: PT017 - that it raises nothing else is the point
