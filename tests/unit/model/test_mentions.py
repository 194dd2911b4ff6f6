import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.messages import MOST_MENTIONS, mentioned
from chat_domain.model.values import MessageBody, Username


def mentions(text: str) -> set[str]:
    return set(mentioned(MessageBody(text)))


@pytest.mark.parametrize(
    "text",
    [
        "@ann",
        "hi @ann!",
        "@ann: look",
        "(@ann)",
        "@ann's",
        "@ann...",
        "@ann-",
        "…@ann",
        "\n@ann\n",
        "@ANN",
        "@ａｎｎ",
        "你好@ann 看",
    ],
)
def test_an_at_sign_and_a_username_mention_somebody(text: str) -> None:
    assert "ann" in mentions(text)


@pytest.mark.parametrize(
    "text", ["ann", "@ ann", "@anna", "ann@ann", "mail bob@ann.example", "@@ann", "@a", "@", "@" + "a" * 40]
)
def test_other_texts_do_not(text: str) -> None:
    assert "ann" not in mentions(text)


def test_a_name_longer_than_a_username_mentions_nobody() -> None:
    assert mentions("@" + "a" * 33) == set()


@pytest.mark.parametrize(
    "name", ["हिन्दी", "น้ำผึ้ง", "שָׁלוֹם", "علي", "山田太郎", "e\u0301ve", "İbrahim", "a..", "-x-", "kaʻiulani", "বাংলা৪২"]
)
def test_names_of_any_script_are_mentioned(name: str) -> None:
    assert Username(name).key in mentions(f"Look, @{name} and all")
    assert Username(name).key in mentions(f"@{name}")


def test_a_full_stop_may_end_the_sentence_or_the_name() -> None:
    assert mentions("ask @ann.") == {"ann", "ann."}


def test_at_most_fifty_are_mentioned_the_first_ones() -> None:
    text = " ".join(f"@user{number}." for number in range(60))
    assert len(mentions(text)) == MOST_MENTIONS
    assert {"user0", "user0.", "user24"} <= mentions(text)


@given(st.text(max_size=300) | st.text(alphabet="@ab._- é", max_size=300))
def test_any_text_is_read_for_mentions(text: str) -> None:
    body = MessageBody("x " + "".join(c for c in text if c.isprintable()))
    assert all(Username(key).key == key for key in mentioned(body) if key.isascii())
    assert len(mentioned(body)) <= MOST_MENTIONS


@given(
    st.text(alphabet="abcdefghijkß_.-é漢", min_size=2, max_size=20).filter(
        lambda name: name.strip("_.-") and name[-1] not in ".-"
    )
)
def test_whoever_has_a_name_can_be_mentioned_by_it(name: str) -> None:
    if "漢" in name:
        name = name.replace("é", "e")
    assert Username(name).key in mentions(f"well, @{name}, see")
