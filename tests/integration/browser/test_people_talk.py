"""People meet and talk, each in a browser of their own."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing

from playwright.sync_api import expect

from tests.integration.browser.visitor import Visitor
from tests.integration.servers.parley import ParleyServer

Invite = Callable[..., Visitor]


def test_two_people_register_meet_in_a_room_and_talk_both_ways(invite: Invite) -> None:
    ada, bob = invite("ada"), invite("bob")
    ada.register()
    bob.register()
    ada.create_room("garden party")
    bob.join_room("garden party")
    ada.say("Who brings the music?")
    bob.sees("Who brings the music?")
    bob.say("I do!")
    ada.sees("I do!")
    bob.sees("I do!")


def test_whoever_joins_later_reads_what_was_said_before(invite: Invite) -> None:
    ada, bob = invite("ada"), invite("bob")
    ada.register()
    ada.create_room("early birds")
    ada.say("first!")
    ada.sees("first!")
    bob.register()
    bob.join_room("early birds")
    bob.sees("first!")


def test_everybody_hears_who_comes_and_who_goes(invite: Invite) -> None:
    ada, bob = invite("ada"), invite("bob")
    ada.register()
    bob.register()
    ada.create_room("revolving door")
    bob.join_room("revolving door")
    expect(ada.timeline.get_by_text(f"{bob.name} joined")).to_be_visible()
    _leave(bob)
    expect(ada.timeline.get_by_text(f"{bob.name} left")).to_be_visible()
    expect(bob.page).to_have_url(re.compile("/chat$"))


def test_two_people_talk_in_private_and_a_third_finds_nothing_at_the_address(invite: Invite) -> None:
    ada, bob, eve = invite("ada"), invite("bob"), invite("eve")
    for person in (ada, bob, eve):
        person.register()
    address = ada.write_to(bob.name)
    ada.say("between us")
    bob.page.get_by_role("link", name=re.compile(ada.name)).click()
    bob.sees("between us")
    bob.say("of course")
    ada.sees("of course")
    eve.page.goto(address)
    expect(eve.page.get_by_text("This room does not exist or is not for you.")).to_be_visible()
    expect(eve.page.get_by_text("between us")).to_have_count(0)


def test_one_sees_that_the_other_is_typing_and_who_is_online(invite: Invite) -> None:
    ada, bob = invite("ada"), invite("bob")
    ada.register()
    bob.register()
    ada.create_room("typing pool")
    bob.join_room("typing pool")
    bob.composer.press_sequentially("I am writ", delay=20)
    expect(ada.page.get_by_text(f"{bob.name} is typing")).to_be_visible()
    expect(ada.page.get_by_text("Online – 2")).to_be_visible()


def test_unread_messages_are_counted_until_they_are_read(invite: Invite) -> None:
    ada, bob = invite("ada"), invite("bob")
    ada.register()
    bob.register()
    ada.create_room("count me")
    bob.join_room("count me")
    bob.page.goto(f"{bob.url}/chat")
    for number in range(3):
        ada.say(f"number {number}")
        ada.sees(f"number {number}")
    room = bob.page.get_by_role("link", name=re.compile("count me"))
    expect(room).to_contain_text("3")
    expect(bob.page).to_have_title(re.compile(r"3"))
    room.click()
    bob.sees("number 2")
    expect(room).not_to_contain_text("3")
    bob.page.reload()
    bob.sees("number 2")
    expect(bob.page.get_by_role("link", name=re.compile("count me"))).not_to_contain_text("3")


def test_a_message_can_be_edited_and_deleted_and_everybody_sees_it(invite: Invite) -> None:
    ada, bob = invite("ada"), invite("bob")
    ada.register()
    bob.register()
    ada.create_room("second thoughts")
    bob.join_room("second thoughts")
    ada.say("a tpyo")
    bob.sees("a tpyo")
    ada.composer.press("ArrowUp")
    editor = ada.page.get_by_role("textbox", name="Edit message")
    editor.fill("a typo")
    editor.press("Enter")
    expect(bob.timeline.get_by_text("a typo")).to_be_visible()
    message = ada.timeline.get_by_text("a typo")
    message.hover()
    ada.page.get_by_role("button", name="Delete").last.click()
    ada.page.get_by_role("dialog").get_by_role("button", name=re.compile("Delete")).click()
    expect(bob.timeline.get_by_text("a typo")).to_have_count(0)


def test_earlier_messages_come_when_scrolling_up_without_a_jump(invite: Invite) -> None:
    ada = invite("ada")
    ada.register()
    ada.create_room("long story")
    room = ada.page.url.rsplit("/", 1)[1]
    ada.page.evaluate(
        """async (room) => {
          for (let n = 0; n < 260; n++) // more than the browser keeps
            await fetch(`/api/chat/rooms/${room}/messages`, { method: "POST",
              headers: { "Content-Type": "application/json" }, body: JSON.stringify({ message: `line ${n}` }) });
        }""",
        room,
    )
    ada.page.reload()
    ada.sees("line 259")
    assert ada.timeline.get_by_text("line 5", exact=True).count() == 0
    for _ in range(30):
        ada.timeline.hover()
        ada.page.mouse.wheel(0, -1500)
        ada.page.wait_for_timeout(60)
        if ada.timeline.get_by_text("line 5", exact=True).count():
            break
    ada.sees("line 5")


def test_a_reply_shows_what_it_answers_however_far_away_that_is_and_leads_there(invite: Invite) -> None:
    ada, bob = invite("ada"), invite("bob")
    for person in (ada, bob):
        person.register()
    room = ada.create_room("archive").rsplit("/", 1)[1]
    ada.page.evaluate(
        """async (room) => {
          const say = async (body) => {
            const answer = await fetch(`/api/chat/rooms/${room}/messages`, { method: "POST",
              headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
            return (await answer.json()).message;
          };
          const { id } = await say({ message: "where we began" });
          for (let n = 0; n < 120; n++) await say({ message: `line ${n}` }); // more than is loaded at once
          await say({ message: "I still think so", reply_to: id });
        }""",
        room,
    )
    bob.join_room("archive")
    quote = bob.timeline.get_by_title("Show this message")
    expect(quote).to_have_text(f"{ada.name}where we began")
    ada.page.goto(f"{ada.url}/chat/{room}/2")
    ada.timeline.get_by_text("where we began").first.hover()
    ada.timeline.get_by_role("article").filter(has_text="where we began").get_by_role("button", name="Edit").click()
    editor = ada.page.get_by_role("textbox", name="Edit message")
    editor.fill("where it began")
    editor.press("Enter")
    expect(quote).to_have_text(f"{ada.name}where it began")
    quote.click()
    expect(bob.timeline.get_by_role("article").filter(has_text="where it began")).to_be_in_viewport()
    bob.page.get_by_role("button", name=re.compile("latest", re.IGNORECASE)).click()
    expect(quote).to_be_in_viewport()
    ada.timeline.get_by_text("where it began").first.hover()
    ada.timeline.get_by_role("article").filter(has_text="where it began").get_by_role("button", name="Delete").click()
    ada.page.get_by_role("dialog").get_by_role("button", name=re.compile("Delete")).click()
    expect(quote).to_have_text(f"{ada.name}deleted message")
    bob.page.reload()
    expect(quote).to_have_text(f"{ada.name}deleted message")


def test_an_event_of_a_kind_that_only_newer_versions_know_disturbs_nobody(
    invite: Invite, parley_server: ParleyServer
) -> None:
    ada, bob, eve = invite("ada"), invite("bob"), invite("eve")
    for person in (ada, bob, eve):
        person.register()
    ada.create_room("time machine")
    bob.join_room("time machine")
    room = int(bob.page.url.rsplit("/", 1)[1])
    ada.say("the last of today")
    bob.sees("the last of today")
    rows = bob.timeline.locator("[data-row]")
    shown = rows.count()
    _append_from_the_future(parley_server, room)
    ada.say("the first of tomorrow")
    bob.sees("the first of tomorrow")
    _append_from_the_future(parley_server, room)
    bob.say("and live")
    ada.sees("and live")
    bob.sees("and live")
    expect(rows).to_have_count(shown + 2)
    bob.page.reload()
    eve.join_room("time machine")
    ada.say("to all")
    for person in (ada, bob, eve):
        for text in ("the last of today", "the first of tomorrow", "and live", "to all"):
            person.sees(text)
        expect(person.timeline).not_to_contain_text("future")


def _append_from_the_future(server: ParleyServer, room: int) -> None:
    """Put an event of an unknown kind into the room's log, as a newer version does beside this one."""
    with closing(sqlite3.connect(server.data / "parley.db", timeout=10)) as database, database:
        database.execute("UPDATE rooms SET last_seq = last_seq + 1 WHERE id = ?", (room,))
        database.execute(
            "INSERT INTO events (room_id, seq, type, at, actor_id, detail) "
            "SELECT rooms.id, last_seq, 'from_the_future', events.at, actor_id, '{\"future\": true}' "
            "FROM rooms JOIN events ON events.room_id = rooms.id AND events.seq = 1 WHERE rooms.id = ?",
            (room,),
        )


def _leave(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Leave").click()
    visitor.page.get_by_role("dialog").get_by_role("button", name=re.compile("Leave")).click()
