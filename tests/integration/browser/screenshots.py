"""Pictures of every page, desk and phone, light and dark: `make screenshots` puts them into .cache/screenshots.

The one in the README is copied from there to docs/images by hand, when it has been looked at.
"""

import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from tests.integration.browser.conftest import Invite, inviting
from tests.integration.servers.browser import find_browser
from tests.integration.servers.parley import a_parley

FOLDER: Final = Path(__file__).parents[3] / ".cache" / "screenshots"
_TALK: Final = (
    ("ada", "Good morning! The lanterns for Saturday have arrived. 🏮"),
    ("grace", "Wonderful. I can hang them on Friday afternoon, if somebody holds the ladder."),
    ("alan", "I hold ladders. Professionally."),
    ("ada", "Then it is settled: Friday at four, by the gate.\nBring gloves, the roses have opinions."),
    (
        "grace",
        "The plan is here: https://example.org/garden/plan, and the shopping list says:\n> 40 m of string\n> candles",
    ),
    ("alan", "I will fetch the string. `40 m`, **not** yards this time."),
)


def main() -> None:
    """Take the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        a_parley(Path(folder), PARLEY_RATE_LIMITS="off") as server,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=str(find_browser())) as browser,
    ):
        address = _talk(browser, server.url)
        for phone in (False, True):
            for dark in (False, True):
                _take(browser, server.url, address, phone=phone, dark=dark)
    sys.stdout.write(f"The pictures are in {FOLDER}\n")


def _talk(browser: Browser, url: str) -> str:
    invite = inviting(browser, url, [])
    people = {name: invite(name) for name in ("ada", "grace", "alan")}
    for name, person in people.items():
        person.name = name
        person.register()
        _call(person.page, "PATCH", "/api/me", {"name": name.capitalize()})
    address = people["ada"].create_room("Garden party")
    people["ada"].create_room("Books", private=True)
    room = address.rsplit("/", 1)[1]
    _call(people["ada"].page, "PATCH", f"/api/chat/rooms/{room}", {"description": "Saturday at six, by the pond"})
    for name in ("grace", "alan"):
        people[name].join_room("Garden party")
    people["ada"].page.goto(address)
    for name, text in _TALK:
        _call(people[name].page, "POST", f"/api/chat/rooms/{room}/messages", {"message": text})
    people["grace"].write_to("ada")
    people["grace"].say("Is it a surprise for Alan?")
    people["grace"].page.wait_for_timeout(500)
    return address


def _call(page: Page, method: str, path: str, body: dict[str, str]) -> None:
    page.evaluate(
        """([method, path, body]) => fetch(path, { method, headers: { "Content-Type": "application/json" },
             body: JSON.stringify(body) })""",
        [method, path, body],
    )


def _take(browser: Browser, url: str, address: str, *, phone: bool, dark: bool) -> None:
    kind = f"{'phone' if phone else 'desk'}-{'dark' if dark else 'light'}"
    invite: Invite = inviting(browser, url, [])
    ada = invite("ada", phone=phone, dark=dark)
    ada.name = "ada"
    for path in ("/", "/register", "/login"):
        _shoot(ada.page, f"{url}{path}", f"{path.strip('/') or 'welcome'}-{kind}")
    ada.page.goto(f"{url}/login")
    ada.log_in()
    ada.page.wait_for_url("**/chat")
    for path, name in (("/chat", "home"), ("/settings", "settings"), ("/chat/999999", "missing")):
        _shoot(ada.page, f"{url}{path}", f"{name}-{kind}")
    _shoot(ada.page, address, f"chat-{kind}")
    ada.page.context.set_offline(True)
    for text in ("I am on the train, the next tunnel is a long one.", "Keep me a lantern!"):
        ada.say(text)
    ada.page.wait_for_timeout(2_000)
    ada.page.screenshot(path=FOLDER / f"offline-{kind}.png")
    ada.page.context.close()


def _shoot(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.wait_for_timeout(700)
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
