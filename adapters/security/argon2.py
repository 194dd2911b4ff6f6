"""Password hashing by argon2id."""

from collections.abc import Callable
from typing import Final, TypeVar

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from chat_domain.model.values import Password
from chat_domain.ports.security import PasswordHasher

Result = TypeVar("Result")

MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2
LANES: Final = 1
"""OWASP's second recommendation for argon2id: 19 MiB, two passes, one lane; 20 to 50 ms a hash."""


def run_here(function: Callable[[], Result]) -> Result:
    """Run a function in the thread that asks for it."""
    return function()


class Argon2PasswordHasher(PasswordHasher):
    """Hashes by argon2id. `offload` runs each hashing, in production in a bounded pool of native threads."""

    def __init__(
        self,
        *,
        offload: Callable[[Callable[[], object]], object] = run_here,
        memory_kib: int = MEMORY_KIB,
        passes: int = PASSES,
    ) -> None:
        self._offload = offload
        self._argon2 = argon2.PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=LANES)
        # What an unknown user's password is held against, so that it takes as long as a wrong one.
        self._nobodys = self._argon2.hash("nobody's password")

    def hash(self, password: Password) -> str:
        return str(self._offload(lambda: self._argon2.hash(password.value)))

    def verify(self, password_hash: str | None, password: str) -> bool:
        right = bool(self._offload(lambda: self._matches(password_hash or self._nobodys, password)))
        return right and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        return self._argon2.check_needs_rehash(password_hash)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
