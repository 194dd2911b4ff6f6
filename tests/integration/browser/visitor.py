"""Somebody at a browser: what they do, in the words of the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

PASSWORD = "correct horse battery"


@dataclass
class Visitor:
    """One person with a browser of their own."""

    page: Page
    url: str
    name: str

    def register(self) -> None:
        """Make an account, which leads straight into the chat."""
        self.page.goto(f"{self.url}/register")
        self.page.get_by_label("Username", exact=True).fill(self.name)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_label("Confirm password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Create account").click()
        expect(self.page).to_have_url(re.compile("/chat$"))

    def log_in(self, password: str = PASSWORD) -> None:
        """Fill in the page for logging in, wherever it was that one came from."""
        self.page.get_by_label("Username or email").fill(self.name)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Log in").click()

    def create_room(self, name: str, *, private: bool = False) -> str:
        """Open a room, and return its address."""
        self.page.get_by_role("button", name=re.compile("^Create a room")).first.click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_label("Name", exact=True).fill(name)
        if private:
            dialog.get_by_role("radio", name=re.compile("Private")).check()
        dialog.get_by_role("button", name="Create room").click()
        expect(self.page).to_have_url(re.compile(r"/chat/\d+$"))
        expect(self.page.get_by_role("heading", name=name).first).to_be_visible()
        return self.page.url

    def join_room(self, name: str) -> None:
        """Find a public room, and join it."""
        self.page.get_by_role("button", name=re.compile("^Browse")).first.click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_label("Search public rooms").fill(name)
        expect(dialog.get_by_role("listitem")).to_have_count(1)  # until the list has shrunk, the button moves
        dialog.get_by_role("button", name=f"Join {name}").click()
        expect(self.composer).to_be_visible()

    def write_to(self, other: str) -> str:
        """Begin a direct conversation, and return its address."""
        self.page.get_by_role("button", name=re.compile("^(New direct message|Message someone)")).first.click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("searchbox").or_(dialog.get_by_role("combobox")).or_(dialog.get_by_role("textbox")).fill(
            other
        )
        dialog.get_by_text(other).first.click()
        dialog.get_by_role("button", name="Start talking").click()
        expect(self.page).to_have_url(re.compile(r"/chat/\d+$"))
        return self.page.url

    def say(self, text: str) -> None:
        """Write into the open room."""
        self.composer.fill(text)
        self.composer.press("Enter")

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name=re.compile("^Message "))

    @property
    def timeline(self) -> Locator:
        return self.page.get_by_role("log")

    def sees(self, text: str) -> None:
        """The text stands in the open room, once."""
        expect(self.timeline.get_by_text(text, exact=True)).to_have_count(1)
