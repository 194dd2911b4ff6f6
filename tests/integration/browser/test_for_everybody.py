"""Phones, keyboards, screen readers, the dark, and no network but one's own."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.integration.browser.visitor import PASSWORD, Visitor

Invite = Callable[..., Visitor]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_no_page_keeps_anybody_out(invite: Invite, phone: bool, dark: bool) -> None:
    ada = invite("ada", phone=phone, dark=dark)
    for path in ("/", "/register", "/login"):
        ada.page.goto(f"{ada.url}{path}")
        _require_accessible(ada.page)
    ada.register()
    _require_accessible(ada.page)
    ada.create_room(f"open to all {phone} {dark}")
    ada.say("Hello, everybody: https://example.org")
    ada.sees("Hello, everybody: https://example.org")
    _require_accessible(ada.page)
    ada.page.goto(f"{ada.url}/settings")
    expect(ada.page.get_by_role("heading", name="Settings")).to_be_visible()
    _require_accessible(ada.page)


@pytest.mark.parametrize("path", ["/", "/register", "/login", "/chat", "/settings"])
def test_nothing_is_wider_than_a_phone(invite: Invite, path: str) -> None:
    ada = invite("ada", phone=True)
    if path in ("/chat", "/settings"):
        ada.register()
    ada.page.goto(f"{ada.url}{path}")
    expect(ada.page.get_by_role("heading").first).to_be_visible()
    assert ada.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_phone_shows_one_pane_and_leads_back(invite: Invite) -> None:
    ada = invite("ada", phone=True)
    ada.register()
    ada.create_room("pocket")
    ada.say("from a phone")
    ada.sees("from a phone")
    expect(ada.page.get_by_role("navigation", name="Conversations")).to_be_hidden()
    ada.page.get_by_role("link", name="Back to all conversations").click()
    expect(ada.page.get_by_role("link", name=re.compile("pocket"))).to_be_visible()


def test_one_registers_and_talks_with_the_keyboard_alone(invite: Invite) -> None:
    ada = invite("ada")
    keyboard = ada.page.keyboard
    ada.page.goto(f"{ada.url}/register")
    _tab_to(ada.page, "Username")
    keyboard.type(ada.name)
    _tab_to(ada.page, "Password")
    keyboard.type(PASSWORD)
    _tab_to(ada.page, "Confirm password")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    expect(ada.page).to_have_url(re.compile("/chat$"))
    _tab_to(ada.page, "Create a room")
    keyboard.press("Enter")
    expect(ada.page.get_by_role("dialog")).to_be_visible()
    _tab_to(ada.page, "Name")
    keyboard.type("keys only")
    keyboard.press("Enter")
    expect(ada.page).to_have_url(re.compile(r"/chat/\d+$"))
    _tab_to(ada.page, "Message keys only")
    keyboard.type("no mouse was harmed")
    keyboard.press("Enter")
    ada.sees("no mouse was harmed")


def test_no_call_leaves_the_server(invite: Invite) -> None:
    ada = invite("ada")
    hosts: set[str] = set()
    ada.page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    ada.page.on("websocket", lambda socket: hosts.add(urlsplit(socket.url).netloc))
    ada.page.goto(ada.url)
    ada.register()
    ada.create_room("no calls out")
    ada.say("quiet")
    ada.sees("quiet")
    ada.page.goto(f"{ada.url}/api/docs")
    expect(ada.page.get_by_text("Make an account")).to_be_visible()
    assert {host for host in hosts if host} == {urlsplit(ada.url).netloc}


def test_what_people_write_is_never_run(invite: Invite) -> None:
    ada = invite("ada")
    ada.register()
    ada.create_room("<img src=x onerror=alert(1)>")
    ada.page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    text = "<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1))"
    ada.say(text)
    expect(ada.timeline.get_by_text("<script>alert(1)</script>")).to_be_visible()
    assert ada.timeline.locator("img, script").count() == 0
    assert ada.timeline.locator("a[href^='javascript']").count() == 0


def _require_accessible(page: Page) -> None:
    page.wait_for_timeout(250)  # colours fade in
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until what has this name has the focus, as somebody without a mouse does."""
    for _ in range(40):
        focused = page.evaluate(
            """() => { const e = document.activeElement;
              return [e.getAttribute('aria-label'), e.labels?.[0]?.textContent, e.textContent].map(t => t?.trim()); }"""
        )
        if any(text and text.startswith(name) for text in focused[:2]) or (focused[2] or "").startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {name}")
