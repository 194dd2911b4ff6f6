"""Which scripts the letters of a name belong to, so that look-alikes of two scripts are not mixed.

The standard library has no script property; the first word of a character's Unicode name is the script for all
letters that names are written in. Latin beside Chinese, Japanese or Korean is one group: they do not look alike and
are written together (Unicode Technical Standard 39, "highly restrictive").
"""

import unicodedata
from typing import Final

_EAST_ASIAN: Final = frozenset(
    {"CJK", "HIRAGANA", "KATAKANA", "HENTAIGANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "VERTICAL"}
)
_LATIN_EAST_ASIAN: Final = "EAST ASIAN"
_OF_ANY_SCRIPT: Final = frozenset({"COMBINING", "MODIFIER"})  # accents and the like, which take the script beside them
_WITHIN: Final = {"EXTENDED": "ARABIC"}  # the digits of Persian and Urdu are called "extended Arabic-Indic"


def mixes_look_alikes(text: str) -> bool:
    """Whether the text has letters of scripts that look alike, or digits of two systems."""
    return len(_scripts_of(text)) > 1 or len(_digit_systems_of(text)) > 1


def _scripts_of(text: str) -> set[str]:
    """The scripts of the letters, marks and digits; ASCII digits and punctuation belong to every script."""
    found = {_script(c) for c in text if unicodedata.category(c)[0] in "LMN" and not ("0" <= c <= "9")}
    found -= _OF_ANY_SCRIPT
    if _LATIN_EAST_ASIAN in found:
        found.discard("LATIN")
    return found


def _digit_systems_of(text: str) -> set[int]:
    """The zero of each system of digits."""
    return {ord(c) - unicodedata.decimal(c) for c in text if unicodedata.category(c) == "Nd"}


def _script(character: str) -> str:
    first = unicodedata.name(character, "UNKNOWN").split(" ")[0].split("-")[0]
    return _LATIN_EAST_ASIAN if first in _EAST_ASIAN else _WITHIN.get(first, first)
