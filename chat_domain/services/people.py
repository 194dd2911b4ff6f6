"""People to talk to."""

from chat_domain.model.identifiers import UserId
from chat_domain.model.users import Person
from chat_domain.model.views import Page
from chat_domain.ports.storage import Storage


class PeopleService:
    """Finds people."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    def search(self, query: str, *, after: UserId, limit: int) -> Page[Person]:
        """People whose username or name contains `query`, in order of id."""
        with self._storage.lookup() as seen:
            return Page.cut(seen.users.search(query, after=after, limit=limit + 1), limit)
