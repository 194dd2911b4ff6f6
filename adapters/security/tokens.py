"""Tokens as JSON Web Tokens, signed with HS256."""

from datetime import datetime
from typing import Any, Final

import jwt

from chat_domain.model.errors import InvalidToken
from chat_domain.model.identifiers import SessionId, UserId
from chat_domain.ports.security import AccessClaims, RefreshClaims, Tokens

_ALGORITHM: Final = "HS256"
_ISSUER: Final = "parley"
_ACCESS: Final = "parley:access"
_REFRESH: Final = "parley:refresh"
_INVITATION: Final = "parley:invitation"
SHORTEST_KEY: Final = 32
"""Bytes: as long as the digest that HS256 makes (RFC 7518, 3.2)."""


class JwtTokens(Tokens):
    """Signs with one key. The audience keeps the kinds of token apart."""

    def __init__(self, key: bytes) -> None:
        if len(key) < SHORTEST_KEY:
            raise ValueError(f"the signing key must have at least {SHORTEST_KEY} bytes")
        self._key = key

    def issue(self, claims: AccessClaims | RefreshClaims, *, at: datetime, until: datetime) -> str:
        if isinstance(claims, AccessClaims):
            return self._sign({"sub": str(claims.user_id), "sid": claims.session_id, "aud": _ACCESS}, at, until)
        return self._sign({"sid": claims.session_id, "gen": claims.generation, "aud": _REFRESH}, at, until)

    def read_access(self, token: str, *, at: datetime) -> AccessClaims:
        payload = self._read(token, _ACCESS, at, "sub", "sid")
        return AccessClaims(UserId(int(payload["sub"])), SessionId(payload["sid"]))

    def read_refresh(self, token: str, *, at: datetime) -> RefreshClaims:
        payload = self._read(token, _REFRESH, at, "sid", "gen")
        return RefreshClaims(SessionId(payload["sid"]), payload["gen"])

    def issue_invitation(self, *, at: datetime, until: datetime) -> str:
        return self._sign({"aud": _INVITATION}, at, until)

    def require_invitation(self, token: str, *, at: datetime) -> None:
        self._read(token, _INVITATION, at)

    def _sign(self, claims: dict[str, Any], at: datetime, until: datetime) -> str:
        times = {"iat": int(at.timestamp()), "exp": int(until.timestamp())}
        return jwt.encode({**claims, **times, "iss": _ISSUER}, self._key, algorithm=_ALGORITHM)

    def _read(self, token: str, audience: str, at: datetime, *required: str) -> dict[str, Any]:
        try:
            payload = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=audience,
                issuer=_ISSUER,
                # The domain's clock decides, not the library's.
                options={"require": ["exp", "iat", *required], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError as error:
            raise InvalidToken from error
        if payload["exp"] <= at.timestamp():
            raise InvalidToken
        return payload
