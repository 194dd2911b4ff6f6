"""What happens while the server or the network is away."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.integration.browser.conftest import inviting
from tests.integration.browser.visitor import Visitor
from tests.integration.servers.parley import a_parley

Invite = Callable[..., Visitor]


def test_what_is_written_while_the_server_is_away_is_kept_and_sent_once(
    browser: Browser, tmp_path: Path, faults: list[str]
) -> None:
    with a_parley(tmp_path, PARLEY_RATE_LIMITS="off") as server:
        invite = inviting(browser, server.url, faults)
        ada, bob = invite("ada"), invite("bob")
        ada.register()
        bob.register()
        ada.create_room("storm")
        bob.join_room("storm")
        server.kill()
        expect(ada.page.get_by_text(re.compile("Reconnecting"))).to_be_visible()
        ada.say("are you still there?")
        ada.sees("are you still there?")
        server.start()
        bob.sees("are you still there?")
        expect(ada.page.get_by_text(re.compile("Reconnecting"))).to_have_count(0)
        ada.sees("are you still there?")
        bob.say("always")
        ada.sees("always")


def test_an_unsent_message_survives_a_reload(invite: Invite) -> None:
    ada = invite("ada")
    ada.register()
    ada.create_room("tunnel")
    ada.page.context.route("**/socket.io/**", lambda route: route.abort())
    ada.page.reload()
    expect(ada.composer).to_be_visible()
    ada.say("from the tunnel")
    ada.sees("from the tunnel")
    ada.page.reload()
    ada.sees("from the tunnel")


def test_whoever_was_offline_reads_what_was_missed(invite: Invite) -> None:
    ada, bob = invite("ada"), invite("bob")
    ada.register()
    bob.register()
    ada.create_room("catching up")
    bob.join_room("catching up")
    bob.page.context.set_offline(True)
    for number in range(5):
        ada.say(f"missed {number}")
        ada.sees(f"missed {number}")
    bob.page.context.set_offline(False)
    for number in range(5):
        bob.sees(f"missed {number}")
