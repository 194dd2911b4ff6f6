"""Rights on the server: what an account may do at all. What it may do in one room its membership decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Final

from chat_domain.model.errors import AccountSuspended, Forbidden


class ServerRole(StrEnum):
    """What kind of account it is."""

    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    GUEST = "guest"
    BOT = "bot"


class Right(Enum):
    """What an account may be allowed to do."""

    SIGN_IN = auto()
    """Have sessions, and an account of one's own to see and to change."""

    USE_PASSWORD = auto()
    """Sign in by a password."""

    READ = auto()
    """List and read one's own rooms, and leave them."""

    WRITE = auto()
    """Post, edit and delete messages in one's own rooms, and be seen to type; where one moderates, do that."""

    OPEN_DIRECT = auto()
    """Open direct conversations with the people that one may find."""

    FIND_EVERYBODY = auto()
    """Find, invite and see the presence of every user; without it, only of users who share a room with one."""

    VISIT_PUBLIC_ROOMS = auto()
    """Find public rooms, read in them and join them."""

    CREATE_ROOMS = auto()
    """Open public and private rooms."""

    MODERATE_PUBLIC_ROOMS = auto()
    """Do in every public room what its moderators may, also without being in it, and delete it."""


_GUEST: Final = frozenset({Right.SIGN_IN, Right.USE_PASSWORD, Right.READ, Right.WRITE, Right.OPEN_DIRECT})
_MEMBER: Final = frozenset(Right) - {Right.MODERATE_PUBLIC_ROOMS}

_RIGHTS: Final[Mapping[ServerRole, frozenset[Right]]] = {
    ServerRole.ADMINISTRATOR: frozenset(Right),
    ServerRole.MEMBER: _MEMBER,
    ServerRole.GUEST: _GUEST,
    ServerRole.BOT: _MEMBER - {Right.USE_PASSWORD},
}


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights of one account: those of its role, or none at all while it is suspended."""

    role: ServerRole
    suspended: bool = False

    def include(self, right: Right) -> bool:
        """Whether the account has this right."""
        return not self.suspended and right in _RIGHTS[self.role]

    def require(self, right: Right) -> None:
        """Raise AccountSuspended or Forbidden unless the account has this right."""
        if self.suspended:
            raise AccountSuspended
        if not self.include(right):
            raise Forbidden("An account of this kind may not do this.")
