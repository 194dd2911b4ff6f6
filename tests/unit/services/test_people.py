from chat_domain.model.identifiers import UserId
from chat_domain.model.values import DisplayName
from tests.builders import Chat, a_chat


def names(chat: Chat, actor: UserId, query: str, *, after: int = 0, limit: int = 9) -> list[str]:
    page = chat.people.search(actor, query, after=UserId(after), limit=limit)
    return [str(person.username) for person in page.items]


def test_people_are_found_by_a_part_of_their_username_or_name_in_any_case() -> None:
    chat = a_chat()
    for name in ("Ann", "joanna", "bob", "straße"):
        chat.register(name)
    cem = chat.register("cem")
    chat.accounts.change(cem, name=DisplayName("Hannes"))
    assert names(chat, cem, "ANN") == ["Ann", "joanna", "cem"]
    assert names(chat, cem, "STRASSE") == ["straße"]
    assert names(chat, cem, "nobody") == []


def test_people_are_listed_page_by_page() -> None:
    chat = a_chat()
    ids = [chat.register(name) for name in ("ann", "bob", "cem")]
    page = chat.people.search(ids[0], "", after=UserId(0), limit=2)
    assert ([person.id for person in page.items], page.more) == (ids[:2], True)
    assert names(chat, ids[0], "", after=ids[1]) == ["cem"]
