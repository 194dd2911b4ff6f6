"""What one writes and reads without a connection: kept over reloads, shared by tabs, sent once and in order."""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, WebSocket, expect

from tests.integration.browser.conftest import Invite, inviting
from tests.integration.browser.visitor import Visitor
from tests.integration.cli.command import parley
from tests.integration.servers.parley import ParleyServer, a_parley

_CALLS = re.compile(r"/(api|socket\.io)/")


def test_three_messages_of_a_tab_that_crashed_offline_are_sent_in_order_once_each(invite: Invite) -> None:
    ada, bob = _two_in_a_room(invite, "under the river")
    address = ada.page.url
    ada.page.context.set_offline(True)
    _say_all(ada, ["one", "two", "three"])
    expect(ada.page.get_by_text("Offline – 3 messages will be sent")).to_be_visible()
    ada.page.close()
    ada.page.context.set_offline(False)
    ada = _new_tab(ada)
    ada.page.goto(address)
    _sees_in_order(bob, ["one", "two", "three"])
    _sees_in_order(ada, ["one", "two", "three"])
    expect(ada.page.get_by_text("will be sent")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_reload_without_the_server_shows_the_last_state_and_what_waits(
    invite: Invite, phone: bool, dark: bool
) -> None:
    ada, bob = _two_in_a_room(invite, f"cellar {phone} {dark}", phone=phone, dark=dark)
    bob.say("Can you hear me down there?")
    ada.sees("Can you hear me down there?")
    with _server_out_of_reach(ada.page):
        ada.page.reload()
        ada.sees("Can you hear me down there?")
        _say_all(ada, ["Hardly", "Wait for me"])
        ada.page.reload()
        _sees_in_order(ada, ["Can you hear me down there?", "Hardly", "Wait for me"])
        expect(ada.page.get_by_text("Offline – 2 messages will be sent")).to_be_visible()
        found = Axe().run(ada.page)
        assert found.violations_count == 0, found.generate_report()
    _sees_in_order(bob, ["Can you hear me down there?", "Hardly", "Wait for me"])
    _sees_in_order(ada, ["Can you hear me down there?", "Hardly", "Wait for me"])


def test_what_was_edited_deleted_and_read_meanwhile_is_right_after_a_reload(invite: Invite) -> None:
    ada, bob = _two_in_a_room(invite, "attic")
    _say_all(bob, ["a tpyo", "a secret", "fine"])
    for text in ("a tpyo", "a secret", "fine"):
        ada.sees(text)
    address = ada.page.url
    ada.page.wait_for_timeout(700)  # what is shown is kept a moment later
    ada.page.close()
    room = address.rsplit("/", 1)[1]
    _change_messages(bob.page, room, {"a tpyo": "a typo", "a secret": None})
    _say_all(bob, [f"later {number}" for number in range(3)])
    bob.sees("later 2")
    ada = _new_tab(ada)
    ada.page.goto(address)
    for text in ("a typo", "fine", "later 0", "later 1", "later 2"):
        ada.sees(text)
    expect(ada.timeline.get_by_text("a secret")).to_have_count(0)
    expect(ada.timeline.get_by_text("a tpyo")).to_have_count(0)


def test_what_another_device_reads_meanwhile_is_read_here_after_the_connection_is_back(invite: Invite) -> None:
    ada, bob = _two_in_a_room(invite, "two desks")
    elsewhere = Visitor(invite("ada").page, ada.url, ada.name)
    elsewhere.page.goto(f"{ada.url}/login")
    elsewhere.log_in()
    expect(elsewhere.page).to_have_url(re.compile("/chat$"))
    ada.page.goto(f"{ada.url}/chat")
    _say_all(bob, ["one", "two"])
    unread = ada.page.get_by_role("link", name=re.compile(r"two desks.*2\s+unread"))
    expect(unread).to_be_visible()
    ada.page.context.set_offline(True)
    expect(ada.page.get_by_text("You are offline.")).to_be_visible()
    elsewhere.page.get_by_role("link", name=re.compile("two desks")).click()
    elsewhere.sees("two")
    expect(elsewhere.page.get_by_text("unread")).to_have_count(0)
    elsewhere.page.wait_for_timeout(1_000)  # the mark is told to the server a moment later
    expect(unread).to_be_visible()
    ada.page.context.set_offline(False)
    expect(unread).to_have_count(0)
    expect(ada.page.get_by_role("link", name=re.compile("two desks"))).to_be_visible()


def test_two_tabs_share_what_waits_and_one_of_them_sends_each_message(invite: Invite) -> None:
    ada, bob = _two_in_a_room(invite, "both hands")
    other = _new_tab(ada)
    sent: list[str] = []
    for tab in (ada, other):
        _note_what_is_sent(tab.page, sent)  # by every connection: one may outlive the network for a moment
        tab.page.goto(ada.page.url)
        expect(tab.composer).to_be_visible()
    ada.page.context.set_offline(True)
    _say_all(ada, ["left one", "left two"])
    other.sees("left two")
    _say_all(other, ["right one", "right two"])
    ada.sees("right two")
    ada.page.context.set_offline(False)
    everything = ["left one", "left two", "right one", "right two"]
    for person in (bob, ada, other):
        _sees_in_order(person, everything)
    assert sorted(sent) == everything


def test_the_other_tab_goes_on_when_one_is_closed_while_it_sends(
    browser: Browser, tmp_path: Path, faults: list[str]
) -> None:
    with a_parley(tmp_path, PARLEY_RATE_LIMITS="off") as server:
        ada, bob = _two_in_a_room(inviting(browser, server.url, faults), "relay")
        other = _new_tab(ada)
        other.page.goto(ada.page.url)
        expect(other.composer).to_be_visible()
        with _frozen(server):
            _say_all(ada, ["first", "second"])
            other.sees("second")
            ada.page.close()
        _sees_in_order(bob, ["first", "second"])
        _sees_in_order(other, ["first", "second"])
        expect(other.page.get_by_text(re.compile("will be sent|Sending"))).to_have_count(0)


def test_a_server_killed_while_messages_are_sent_has_each_once_and_in_order(
    browser: Browser, tmp_path: Path, faults: list[str]
) -> None:
    texts = [f"number {number}" for number in range(40)]
    with a_parley(tmp_path, PARLEY_RATE_LIMITS="off") as server:
        ada, bob = _two_in_a_room(inviting(browser, server.url, faults), "thunder")
        _say_all(ada, texts[:15])
        server.kill()
        _say_all(ada, texts[15:])
        server.start()
        _sees_in_order(bob, texts)
        _sees_in_order(ada, texts)
        bob.page.reload()
        _sees_in_order(bob, texts)


def test_after_a_restored_backup_everybody_starts_afresh_and_what_waited_is_sent(
    browser: Browser, tmp_path: Path, faults: list[str]
) -> None:
    with a_parley(tmp_path, PARLEY_RATE_LIMITS="off") as server:
        ada, bob = _two_in_a_room(inviting(browser, server.url, faults), "time machine")
        _say_all(ada, ["kept"])
        bob.sees("kept")
        assert parley("backup", str(tmp_path / "backup"), data=server.data).returncode == 0
        _say_all(ada, ["lost one", "lost two"])
        bob.sees("lost two")
        address = ada.page.url
        ada.page.context.set_offline(True)
        _say_all(ada, ["waiting"])
        ada.page.close()
        server.kill()
        assert parley("restore", str(tmp_path / "backup"), "--force", data=server.data).returncode == 0
        server.start()
        expect(bob.timeline.get_by_text("lost")).to_have_count(0, timeout=30_000)
        _say_all(bob, [f"anew {number}" for number in range(6)])  # past the cursors of before
        bob.sees("anew 5")
        ada.page.context.set_offline(False)
        ada = _new_tab(ada)
        ada.page.goto(address)
        everything = ["kept", *(f"anew {number}" for number in range(6)), "waiting"]
        for person in (ada, bob):
            _sees_in_order(person, everything)
            expect(person.timeline.get_by_text("lost")).to_have_count(0)


def test_logging_out_asks_first_and_then_leaves_nothing_behind_in_any_tab(invite: Invite) -> None:
    ada, _ = _two_in_a_room(invite, "last words")
    other = _new_tab(ada)
    other.page.goto(ada.page.url)
    expect(other.composer).to_be_visible()
    with _no_socket(ada.page):
        for tab in (ada, other):
            tab.page.reload()
        _say_all(ada, ["never sent"])
        ada.sees("never sent")
        other.page.get_by_role("button", name="Log out").click()
        dialog = other.page.get_by_role("dialog")
        expect(dialog).to_contain_text("One message has not been sent yet and would be lost.")
        dialog.get_by_role("button", name="Log out").click()
        expect(other.page.get_by_role("link", name="Create an account")).to_be_visible()
    expect(ada.page).to_have_url(re.compile("/login"))
    assert _kept(other.page) == {"databases": [], "values": []}
    ada.log_in()
    expect(ada.composer).to_be_visible()
    expect(ada.timeline.get_by_text("never sent")).to_have_count(0)


def test_somebody_else_in_the_same_browser_neither_sees_nor_sends_what_waits(invite: Invite) -> None:
    ada, bob = _two_in_a_room(invite, "shared desk")
    address = ada.page.url
    ada.page.context.set_offline(True)
    _say_all(ada, ["for ada alone"])
    ada.page.context.clear_cookies()
    ada.page.context.set_offline(False)
    expect(ada.page).to_have_url(re.compile("/login"))
    eve = Visitor(ada.page, ada.url, f"{ada.name}eve")
    eve.register()
    eve.page.goto(address)
    expect(eve.page.get_by_role("button", name="Join")).to_be_visible()
    expect(eve.page.get_by_text("for ada alone")).to_have_count(0)
    eve.page.get_by_role("button", name="Log out").click()
    expect(eve.page.get_by_role("link", name="Create an account")).to_be_visible()
    ada.page.goto(f"{ada.url}/login")
    ada.log_in()
    expect(ada.page).to_have_url(re.compile("/chat$"))
    bob.sees("for ada alone")


def test_a_browser_that_keeps_nothing_is_good_for_writing_all_the_same(invite: Invite) -> None:
    ada = invite("ada")
    ada.page.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError'); };")
    bob = invite("bob")
    for person in (ada, bob):
        person.register()
    ada.create_room("short memory")
    bob.join_room("short memory")
    ada.page.context.set_offline(True)
    _say_all(ada, ["one", "two"])
    expect(ada.page.get_by_text("Offline – 2 messages will be sent if this page stays open")).to_be_visible()
    ada.page.context.set_offline(False)
    _sees_in_order(bob, ["one", "two"])


def _two_in_a_room(invite: Invite, room: str, *, phone: bool = False, dark: bool = False) -> tuple[Visitor, Visitor]:
    ada, bob = invite("ada", phone=phone, dark=dark), invite("bob")
    for person in (ada, bob):
        person.register()
    ada.create_room(room)
    bob.join_room(room)
    expect(ada.timeline.get_by_text(f"{bob.name} joined")).to_be_visible()
    return ada, bob


def _new_tab(person: Visitor) -> Visitor:
    return Visitor(person.page.context.new_page(), person.url, person.name)


def _say_all(person: Visitor, texts: list[str]) -> None:
    for text in texts:
        person.say(text)


def _sees_in_order(person: Visitor, texts: list[str]) -> None:
    """Within half a minute these texts stand in the open room, each once, in this order, whatever stands between."""
    deadline = time.monotonic() + 30
    while (lines := _lines(person, texts)) != texts and time.monotonic() < deadline:
        person.page.wait_for_timeout(200)
    assert lines == texts


def _lines(person: Visitor, texts: list[str]) -> list[str]:
    shown = person.timeline.locator("article").all_inner_texts()
    return [line for text in shown for line in text.splitlines() if line in texts]


def _note_what_is_sent(page: Page, sent: list[str]) -> None:
    def note(frame: str | bytes) -> None:
        if match := re.search(r'"send_message",.*"message":"([^"]*)"', str(frame)):
            sent.append(match[1])

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", note)

    page.on("websocket", listen)


@contextmanager
def _server_out_of_reach(page: Page) -> Iterator[None]:
    """Pages load, as from a cache, but no call is answered."""
    page.context.route(_CALLS, lambda route: route.abort())
    with _no_socket(page):
        yield
        page.context.unroute(_CALLS)


@contextmanager
def _no_socket(page: Page) -> Iterator[None]:
    """No live connection comes about in any tab, from the next load of its page until this ends."""
    blocked = True
    page.context.route_web_socket(
        re.compile("/socket.io/"), lambda socket: socket.close() if blocked else socket.connect_to_server()
    )
    page.context.route("**/socket.io/**", lambda route: route.abort())
    yield
    blocked = False
    page.context.unroute("**/socket.io/**")


@contextmanager
def _frozen(server: ParleyServer) -> Iterator[None]:
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


def _change_messages(page: Page, room: str, changes: dict[str, str | None]) -> None:
    """Edits one's own messages with these texts, or deletes them where there is no new text."""
    page.evaluate(
        """async ([room, changes]) => {
          const url = `/api/chat/rooms/${room}/messages`;
          const { messages } = await (await fetch(url)).json();
          for (const { id, content } of messages.filter(({ content }) => content in changes)) {
            const message = changes[content];
            await fetch(`${url}/${id}`, { method: message === null ? "DELETE" : "PATCH",
              headers: { "Content-Type": "application/json" },
              body: message === null ? undefined : JSON.stringify({ message }) });
          }
        }""",
        [room, changes],
    )


def _kept(page: Page) -> dict[str, list[str]]:
    kept: dict[str, list[str]] = page.evaluate(
        """async () => ({ databases: (await indexedDB.databases()).map(({ name }) => name),
                          values: Object.keys(localStorage) })"""
    )
    return kept
