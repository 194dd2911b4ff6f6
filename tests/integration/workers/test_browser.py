"""The web client needs nothing but WebSocket, and comes back when its worker is replaced."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.integration.browser.conftest import inviting
from tests.integration.workers.crew import Crew


@pytest.fixture
def faults() -> Iterator[list[str]]:
    """What pages threw, or the browser blocked."""
    found: list[str] = []
    yield found
    assert not found


def test_people_talk_on_while_every_worker_is_replaced(crew: Crew, browser: Browser, faults: list[str]) -> None:
    invite = inviting(browser, crew.url, faults)
    ada, bob = invite("ada"), invite("bob")
    ada.register()
    bob.register()
    ada.create_room("shift work")
    bob.join_room("shift work")
    ada.say("Who is on tonight?")
    bob.sees("Who is on tonight?")
    crew.restart()
    bob.say("I am.")
    ada.sees("I am.")
    ada.say("Good.")
    bob.sees("Good.")
