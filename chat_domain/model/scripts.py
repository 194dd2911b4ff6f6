"""Which scripts the letters of a name belong to, so that look-alikes of two scripts are not mixed.

The standard library has no script property; the first word of a character's Unicode name is the script for all
letters that names are written in. Latin beside Chinese, Japanese or Korean is one group: they do not look alike and
are written together (Unicode Technical Standard 39, "highly restrictive").
"""

import unicodedata
from typing import Final

_EAST_ASIAN: Final = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"})
_LATIN_EAST_ASIAN: Final = "EAST ASIAN"


def scripts_of(text: str) -> frozenset[str]:
    """The scripts of the letters, marks and digits in `text`; ASCII digits and punctuation belong to every script."""
    found = {_script(c) for c in text if unicodedata.category(c)[0] in "LMN" and not ("0" <= c <= "9")}
    if _LATIN_EAST_ASIAN in found:
        found.discard("LATIN")
    return frozenset(found)


def _script(character: str) -> str:
    first = unicodedata.name(character, "UNKNOWN").split(" ")[0].split("-")[0]
    return _LATIN_EAST_ASIAN if first in _EAST_ASIAN else first
