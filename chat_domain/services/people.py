"""User search, and which users an actor may find."""

from collections.abc import Collection

from chat_domain.model.identifiers import UserId
from chat_domain.model.rights import Right, Rights
from chat_domain.model.users import Person
from chat_domain.model.views import Page
from chat_domain.ports.storage import Snapshot, Storage


class PeopleService:
    """Finds people."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    def search(self, actor: UserId, query: str, *, after: UserId, limit: int) -> Page[Person]:
        """People whose username or name contains `query`, in order of id, as far as the actor may find them."""
        with self._storage.snapshot() as seen:
            rights = seen.users.rights(actor)
            rights.require(Right.READ)
            everybody = rights.include(Right.FIND_EVERYBODY)
            found = seen.users.search(query, after=after, limit=limit + 1, sharing_with=None if everybody else actor)
            return Page.cut(found, limit)


def findable(seen: Snapshot, rights: Rights, actor: UserId, user_ids: Collection[UserId]) -> set[UserId]:
    """Those of the users that the actor, who has these rights, may find; the actor always."""
    if rights.include(Right.FIND_EVERYBODY):
        return set(user_ids)
    return {actor, *seen.memberships.sharing_with(actor, user_ids)}.intersection(user_ids)
