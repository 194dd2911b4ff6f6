"""A password hasher that can be watched and interrupted."""

from collections.abc import Callable

from chat_domain.model.values import Password
from tests.doubles.security import PlainPasswordHasher


class WatchedHasher(PlainPasswordHasher):
    """Remembers what was asked. `while_hashing` happens once, during the next hash: what others may do meanwhile."""

    def __init__(self, scheme: str = "plain") -> None:
        super().__init__(scheme)
        self.hashed: list[str] = []
        self.verified: list[tuple[str | None, str]] = []
        self.while_hashing: Callable[[], object] | None = None
        self.while_verifying: Callable[[], object] | None = None

    def hash(self, password: Password) -> str:
        self.hashed.append(password.value)
        meanwhile, self.while_hashing = self.while_hashing, None
        if meanwhile:
            meanwhile()
        return super().hash(password)

    def verify(self, password_hash: str | None, password: str) -> bool:
        self.verified.append((password_hash, password))
        meanwhile, self.while_verifying = self.while_verifying, None
        if meanwhile:
            meanwhile()
        return super().verify(password_hash, password)
