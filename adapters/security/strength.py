"""Password strength by zxcvbn: how many guesses an attacker who knows people would need."""

from collections.abc import Sequence
from typing import Final

from zxcvbn_rs_py import zxcvbn

from chat_domain.model.values import Password
from chat_domain.ports.security import PasswordStrength

_ENOUGH: Final = 2
"""The lowest score that is accepted: more than a million guesses."""

_LOOKED_AT: Final = 72
"""Characters: the time it takes grows fast with the length, and what is longer is strong or repeats itself."""


class ZxcvbnPasswordStrength(PasswordStrength):
    """Judges by zxcvbn."""

    def weakness(self, password: Password, about: Sequence[str]) -> str | None:
        judged = zxcvbn(password.value[:_LOOKED_AT], [word for word in about if word])
        if int(judged.score) >= _ENOUGH:
            return None
        warning = judged.feedback.warning if judged.feedback else None
        return f"{warning or 'This password is too easy to guess'}.".replace("..", ".")
