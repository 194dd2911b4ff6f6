"""What of a text can be seen, so that no name hides anything and no text looks empty."""

import re
import unicodedata
from itertools import groupby, pairwise
from typing import Final

# Letters and marks that Unicode draws as nothing (Default_Ignorable_Code_Point within the categories L and M).
_UNSEEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U0001bca0-\U0001bca3\U000e0100-\U000e01ef]"
)
_BRAILLE_BLANK: Final = "\u2800"
_DOTTED_TWICE: Final = re.compile(
    "[ij\u0131\u0237\u0456\u0458]\u0307"
)  # Latin and Cyrillic i and j, with and without theirs
_MOST_STACKED: Final = 4  # Unicode Technical Standard 39, 5.4


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen."""
    return all(
        character.isspace()
        or character == _BRAILLE_BLANK
        or unicodedata.category(character) in ("Cc", "Cf")
        or _UNSEEN.match(character)
        for character in text
    )


def hides_something(name: str) -> bool:
    """Whether the name has letters or marks that cannot be seen, or marks heaped up or on nothing."""
    if _UNSEEN.search(name) or _DOTTED_TWICE.search(name):
        return True
    if any(_is_mark(mark) and base in "_.-" for base, mark in pairwise(f"_{name}")):
        return True
    stacks = ("".join(run) for stacked, run in groupby(name, _is_stacked) if stacked)
    return any(len(stack) > _MOST_STACKED or any(a == b for a, b in pairwise(stack)) for stack in stacks)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _is_stacked(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Me")
