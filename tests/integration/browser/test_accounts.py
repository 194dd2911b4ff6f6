"""Registering, logging in and out, and what a stranger may see."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.integration.browser.visitor import PASSWORD, Visitor

Invite = Callable[..., Visitor]


def test_errors_of_registering_stand_at_their_fields(invite: Invite) -> None:
    ada = invite("ada")
    ada.page.goto(f"{ada.url}/register")
    ada.page.get_by_label("Username", exact=True).fill("a")
    ada.page.get_by_label("Password", exact=True).fill("short")
    ada.page.get_by_label("Confirm password", exact=True).fill("other")
    ada.page.get_by_role("button", name="Create account").click()
    for label in ("Username", "Password"):
        expect(ada.page.get_by_label(label, exact=True)).to_have_attribute("aria-invalid", "true")
    ada.page.get_by_label("Username", exact=True).fill(ada.name)
    ada.page.get_by_label("Password", exact=True).fill(PASSWORD)
    ada.page.get_by_role("button", name="Create account").click()
    expect(ada.page.get_by_label("Confirm password", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(ada.page).to_have_url(re.compile("/register"))


def test_a_taken_name_is_said_at_the_name(invite: Invite) -> None:
    ada, imitator = invite("ada"), invite("eve")
    ada.register()
    imitator.name = ada.name.upper()
    imitator.page.goto(f"{imitator.url}/register")
    imitator.page.get_by_label("Username", exact=True).fill(imitator.name)
    imitator.page.get_by_label("Password", exact=True).fill(PASSWORD)
    imitator.page.get_by_label("Confirm password", exact=True).fill(PASSWORD)
    imitator.page.get_by_role("button", name="Create account").click()
    expect(imitator.page.get_by_text("This username is taken.")).to_be_visible()


def test_logging_in_leads_back_to_where_one_wanted_to_go(invite: Invite) -> None:
    ada = invite("ada")
    ada.register()
    address = ada.create_room("home")
    ada.page.get_by_role("button", name="Log out").click()
    expect(ada.page).not_to_have_url(re.compile(r"/chat/\d+"))
    ada.page.goto(address)
    expect(ada.page).to_have_url(re.compile("/login"))
    ada.log_in()
    expect(ada.page).to_have_url(address)


def test_logging_in_never_leads_to_another_site(invite: Invite) -> None:
    ada = invite("ada")
    ada.register()
    ada.page.get_by_role("button", name="Log out").click()
    for trick in (
        "https://evil.example/",
        "//evil.example/",
        "/%5Cevil.example",
        "/\\evil.example",
        "javascript:alert(1)",
    ):
        ada.page.context.clear_cookies()
        ada.page.goto(f"{ada.url}/login?next={trick}")
        ada.log_in()
        expect(ada.page).to_have_url(re.compile(f"^{re.escape(ada.url)}/chat$"))


def test_a_wrong_password_is_refused_in_a_sentence(invite: Invite) -> None:
    ada = invite("ada")
    ada.page.goto(f"{ada.url}/login")
    ada.log_in("not the password")
    expect(ada.page.get_by_text("The username or the password is wrong.")).to_be_visible()


def test_logging_out_is_real_also_in_another_tab(invite: Invite) -> None:
    ada = invite("ada")
    ada.register()
    other = ada.page.context.new_page()
    other.goto(f"{ada.url}/chat")
    expect(other.get_by_role("button", name="Log out")).to_be_visible()
    ada.page.get_by_role("button", name="Log out").click()
    expect(other).to_have_url(re.compile("/(login.*)?$"))


def test_no_script_can_read_the_session(invite: Invite) -> None:
    ada = invite("ada")
    ada.register()
    assert ada.page.evaluate("document.cookie") == ""
    stored = ada.page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")
    assert "eyJ" not in stored
    cookies = {cookie["name"]: cookie for cookie in ada.page.context.cookies()}
    assert cookies["parley"]["httpOnly"]
    assert cookies["parley"]["sameSite"] in ("Lax", "Strict")


def test_logging_out_forgets_what_was_being_written_and_claims_nothing_else(invite: Invite) -> None:
    ada = invite("ada")
    ada.register()
    ada.create_room("secrets")
    ada.composer.fill("a very secret draft")
    ada.page.wait_for_timeout(600)  # a draft is kept a moment after it was written
    ada.page.get_by_role("button", name="Log out").click()
    expect(ada.page.get_by_role("link", name="Create an account")).to_be_visible()
    assert "secret draft" not in ada.page.evaluate("JSON.stringify({ ...localStorage })")
    expect(ada.page.get_by_text("You have been signed out")).to_have_count(0)
