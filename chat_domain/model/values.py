"""Value objects: everything with a rule. An object that exists is valid.

Text is kept exactly as written; only usernames and email addresses have a second, folded form (`key`) by which
they are unique.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import ClassVar, Final, Self

from chat_domain.model.errors import Invalid
from chat_domain.model.scripts import mixes_look_alikes
from chat_domain.model.visible import hides_something, is_blank

_LINE_BREAKS_AND_TABS: Final = "\n\r\t\u2028\u2029"
_CONTROL: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, lone surrogates, ends of lines


def _check_text(value: str, *, longest: int, field_name: str, multiline: bool = False) -> None:
    if len(value) > longest:
        raise Invalid(f"At most {longest:,} characters.", code="too_long", field=field_name)
    allowed = _LINE_BREAKS_AND_TABS if multiline else ""
    if value.isprintable():
        return
    for character in value:
        if unicodedata.category(character) in _CONTROL and character not in allowed:
            raise Invalid("Control characters are not allowed.", code="control_character", field=field_name)


def _check_not_blank(value: str, field_name: str) -> None:
    if is_blank(value):
        raise Invalid("This must not be empty.", code="empty", field=field_name)


def _folded(value: str) -> str:
    """The form in which what differs only in case or in the way it is encoded is the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())


_PLAIN_USERNAME: Final = re.compile("(?=.*[A-Za-z0-9])[A-Za-z0-9_.-]{2,32}")


@dataclass(frozen=True, slots=True)
class Username:
    """2 to 32 letters of one script, digits, `_`, `.` and `-`; unique under NFKC and casefold."""

    value: str
    SHORTEST: ClassVar[int] = 2
    LONGEST: ClassVar[int] = 32

    def __post_init__(self) -> None:
        if _PLAIN_USERNAME.fullmatch(self.value):  # most names, in a tenth of the time
            return
        if len(self.value) <= 4 * self.LONGEST:  # longer ones are refused below, without the work of folding them
            object.__setattr__(self, "value", unicodedata.normalize("NFKC", self.value))
        if not self.SHORTEST <= len(self.value) <= self.LONGEST:
            raise Invalid("2 to 32 characters.", code="length", field="username")
        if not all(map(may_be_in_username, self.value)):
            raise Invalid("Only letters, digits, and _ . - are allowed.", code="characters", field="username")
        if all(unicodedata.category(character) in ("Lm", "Pc", "Pd", "Po") for character in self.value):
            raise Invalid("At least one letter or digit.", code="characters", field="username")
        if hides_something(self.value):
            raise Invalid("Some of its characters cannot be seen.", code="characters", field="username")
        if mixes_look_alikes(self.value):
            raise Invalid("Letters of scripts that look alike cannot be mixed.", code="mixed_scripts", field="username")

    @property
    def key(self) -> str:
        """The form by which usernames are compared."""
        return _folded(self.value)

    def __str__(self) -> str:
        return self.value


def may_be_in_username(character: str) -> bool:
    """Whether it is a letter, a mark on one, a digit, or one of `_ . -`."""
    category = unicodedata.category(character)
    return character in "_.-" or category[0] in "LM" or category == "Nd"


@dataclass(frozen=True, slots=True)
class DisplayName:
    """What a person is called, up to 80 characters; may be empty, and then the username stands for it.

    What looks empty is empty.
    """

    value: str
    LONGEST: ClassVar[int] = 80

    def __post_init__(self) -> None:
        _check_text(self.value, longest=self.LONGEST, field_name="name")
        if is_blank(self.value):
            object.__setattr__(self, "value", "")

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Email:
    """An address with one @ and a dotted or local domain; whether it receives mail is not known."""

    value: str = field(repr=False)
    LONGEST: ClassVar[int] = 254

    def __post_init__(self) -> None:
        _check_text(self.value, longest=self.LONGEST, field_name="email")
        local, at, domain = self.value.rpartition("@")
        if not (local and at and domain) or any(c.isspace() or c == "@" for c in local + domain):
            raise Invalid("This is not an email address.", code="email", field="email")

    @property
    def key(self) -> str:
        """The form by which addresses are compared."""
        return _folded(self.value)

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Password:
    """8 to 128 characters, of any kind. How easily it is guessed is judged by the PasswordStrength port."""

    value: str = field(repr=False)
    SHORTEST: ClassVar[int] = 8
    LONGEST: ClassVar[int] = 128

    def __post_init__(self) -> None:
        if not self.SHORTEST <= len(self.value) <= self.LONGEST:
            raise Invalid("8 to 128 characters.", code="length", field="password")
        _check_text(self.value, longest=self.LONGEST, field_name="password")

    def is_made_of(self, username: Username) -> bool:
        """Whether it contains the username; one of two letters, which many words contain, only by nothing but it."""
        folded = _folded(self.value)
        return username.key in folded if len(username.key) > Username.SHORTEST else not folded.replace(username.key, "")


def as_guess(password: str) -> str:
    """What to hold against a hash: the text, or an empty one, which is nobody's password, where it cannot be any."""
    try:
        return Password(password).value
    except Invalid:
        return ""


@dataclass(frozen=True, slots=True)
class RoomName:
    """1 to 80 characters on one line."""

    value: str
    LONGEST: ClassVar[int] = 80

    def __post_init__(self) -> None:
        _check_text(self.value, longest=self.LONGEST, field_name="name")
        _check_not_blank(self.value, "name")

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class RoomDescription:
    """What a room is for: up to 500 characters, may be empty."""

    value: str = ""
    LONGEST: ClassVar[int] = 500

    def __post_init__(self) -> None:
        _check_text(self.value, longest=self.LONGEST, field_name="description", multiline=True)

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class MessageBody:
    """Up to 4,000 characters, kept exactly as written. What looks empty is empty.

    Whether it may be empty depends on what else the message has.
    """

    value: str
    LONGEST: ClassVar[int] = 4_000

    def __post_init__(self) -> None:
        _check_text(self.value, longest=self.LONGEST, field_name="message", multiline=True)
        if is_blank(self.value):
            object.__setattr__(self, "value", "")

    def require_text(self) -> Self:
        """This body; raises Invalid where it is empty."""
        if not self.value:
            raise Invalid("This must not be empty.", code="empty", field="message")
        return self

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class ClientKey:
    """The sender's own name for one send (`client_id`), 1 to 128 characters: sending it twice posts once."""

    value: str
    LONGEST: ClassVar[int] = 128

    def __post_init__(self) -> None:
        _check_text(self.value, longest=self.LONGEST, field_name="client_id")
        _check_not_blank(self.value, "client_id")

    def __str__(self) -> str:
        return self.value
