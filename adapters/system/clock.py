"""Real time and real chance."""

import secrets
from datetime import UTC, datetime

from chat_domain.ports.clock import Clock, SecretSource


class SystemClock(Clock):
    """The machine's clock."""

    def now(self) -> datetime:
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


class SystemSecretSource(SecretSource):
    """The machine's source of chance."""

    def token(self) -> str:
        return secrets.token_urlsafe(32)
