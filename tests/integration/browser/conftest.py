"""Browsers for several people at once."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, expect

from tests.integration.browser.visitor import Visitor
from tests.integration.servers.parley import ParleyServer

_numbers = count(1)
Invite = Callable[..., Visitor]

expect.set_options(timeout=10_000)


@pytest.fixture
def faults(browser: Browser) -> Iterator[list[str]]:
    """What pages threw, or the browser blocked; the test fails where there is any. Its pages are closed at the end."""
    found: list[str] = []
    yield found
    for context in browser.contexts:
        context.close()
    assert not found


@pytest.fixture
def invite(browser: Browser, parley_server: ParleyServer, faults: list[str]) -> Invite:
    """Somebody new with a browser of their own: `invite("ada")`, on a phone with `invite("ada", phone=True)`."""
    return inviting(browser, parley_server.url, faults)


def inviting(browser: Browser, url: str, faults: list[str]) -> Invite:
    """Invites people to the server at `url`, and notes the faults of their pages."""

    def invite(name: str, *, phone: bool = False, dark: bool = False) -> Visitor:
        size = {"width": 360, "height": 740} if phone else {"width": 1280, "height": 800}
        context: BrowserContext = browser.new_context(
            viewport=size,  # type: ignore[arg-type]  # a TypedDict by any other name
            color_scheme="dark" if dark else "light",
            has_touch=phone,
            locale="en-GB",
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.on("weberror", lambda thrown: faults.append(f"{thrown.error}"))
        context.on("console", lambda message: faults.extend(_blocked(message)))
        return Visitor(context.new_page(), url, f"{name}{next(_numbers)}")

    return invite


def _blocked(message: ConsoleMessage) -> list[str]:
    return [message.text] if message.type == "error" and "Content Security Policy" in message.text else []
