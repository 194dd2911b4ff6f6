import unicodedata
from string import ascii_lowercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_domain.model.errors import Invalid
from chat_domain.model.values import Username

ANY_TEXT = st.text(max_size=40) | st.text(alphabet=st.characters(categories=["L", "M", "Nd"]), max_size=40)
LATIN = st.text(alphabet=ascii_lowercase + ascii_lowercase.upper() + digits + "éßİŉǅﬁＡ_.-", min_size=2, max_size=20)


def accepted(text: str) -> Username | None:
    try:
        return Username(text)
    except Invalid:
        return None


def refusal(text: str) -> str:
    with pytest.raises(Invalid) as caught:
        Username(text)
    assert caught.value.field == "username"
    return caught.value.reason


SPEAKERS = (
    "al ann_2 a.. -x- jürgen Ærøskøbing ＦＵＬＬ ольга Ελένη علي علی۱۲ شَمس שָׁלוֹם สมชาย น้ำผึ้ง हिन्दी ज़ुबैर বাংলা৪২ தமிழ் 한국어 "
    "山田太郎 ひらがな ヴェルサー Ryanの友 ẹ́kọ́ İbrahim kaʻiulani"
)


@pytest.mark.parametrize("name", SPEAKERS.split())
def test_letters_of_any_script_make_a_username(name: str) -> None:
    assert Username(name).value == unicodedata.normalize("NFKC", name)


@pytest.mark.parametrize("name", ["", "a", "a" * 33, "ﬃ" * 11, "a" * 10_000])
def test_a_username_has_2_to_32_characters(name: str) -> None:
    assert refusal(name) == "length"


@pytest.mark.parametrize(
    "name", ["a b", "a@b", "a/b", "a\nb", "a\0b", "a\ud800b", "😀😀", "½½", "a+b", "__", "..", "-_.", "ʻʻ"]
)
def test_a_username_has_only_letters_digits_and_some_punctuation(name: str) -> None:
    assert refusal(name) == "characters"


INVISIBLE_LETTERS_AND_MARKS = "\u034f\u115f\u1160\u17b4\u180b\u3164\uffa0\ufe0f\U000e0100"
FORMAT_CHARACTERS = "\u200b\u200d\u202e\u2060\ufeff\u00ad"


@pytest.mark.parametrize("unseen", [*INVISIBLE_LETTERS_AND_MARKS, *FORMAT_CHARACTERS, "\u0300" * 5, "\u0301\u0301"])
@pytest.mark.parametrize("name", ["bob", "山田", "ខ្មែរ"])
def test_nothing_that_cannot_be_seen_hides_in_a_username(name: str, unseen: str) -> None:
    assert refusal(name + unseen) == "characters"
    assert refusal(unseen * 2) == "characters"


def test_a_mark_needs_a_letter_to_stand_on() -> None:
    assert refusal("\u0301ab") == "characters"
    assert refusal("a_\u0301b") == "characters"


def test_an_i_with_a_dot_that_it_has_already_is_refused() -> None:
    assert refusal("bi\u0307ll") == "characters"


@pytest.mark.parametrize("name", ["аdmin", "pаypal", "αlpha", "Օmar", "bobб", "ԁavid", "𝕓оb", "abcא", "ꓐob", "Ꭺnna"])
def test_scripts_that_look_alike_are_not_mixed(name: str) -> None:
    assert refusal(name) == "mixed_scripts"


@pytest.mark.parametrize("name", ["room1৪", "৪8", "۱1", "०0"])
def test_digits_of_two_systems_are_not_mixed(name: str) -> None:
    assert refusal(name) == "mixed_scripts"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann", "aNN"),
        ("ann", "ａｎｎ"),
        ("straße", "STRASSE"),
        ("e\u0301ve", "éve"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("ﬁona", "FIONA"),
        ("한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"),
    ],
)
def test_names_that_only_look_different_are_one_name(one: str, other: str) -> None:
    assert Username(one).key == Username(other).key


def test_different_names_stay_different() -> None:
    assert len({Username(name).key for name in ("ann", "anna", "ann.", "an_n", "änn")}) == 5


@given(ANY_TEXT)
def test_an_accepted_username_survives_a_round_trip(text: str) -> None:
    if name := accepted(text):
        assert Username(name.value) == name
        assert 2 <= len(name.value) <= 32


@given(ANY_TEXT | LATIN)
def test_case_and_form_never_make_another_name(text: str) -> None:
    if name := accepted(text):
        forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")]
        variants = [*forms, *(form.casefold() for form in forms), name.key]
        assert {other.key for variant in variants if (other := accepted(variant))} == {name.key}


@given(
    st.text(alphabet=ascii_lowercase, min_size=1, max_size=15),
    st.text(alphabet="абвгдежзиклмн", min_size=1, max_size=15),
)
def test_latin_and_cyrillic_never_meet_in_one_name(latin: str, cyrillic: str) -> None:
    assert refusal(latin + cyrillic) == "mixed_scripts"
    assert refusal(cyrillic + latin) == "mixed_scripts"


@given(st.text(max_size=500))
def test_any_text_is_a_username_or_is_refused_as_one(text: str) -> None:
    assert accepted(text) or refusal(text) in {"length", "characters", "mixed_scripts"}
