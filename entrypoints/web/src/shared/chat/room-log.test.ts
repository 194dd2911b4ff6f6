import { describe, expect, it } from "vitest";
import type { RoomEvent, Seq } from "@/shared/api/wire";
import { aDetail, aJoin, aMessage, aMessageEvent, aRoom, anUnknownEvent, bob, me, timeOf } from "@/testing/builders";
import { isBehind, receive } from "./room-log";
import { type RoomState, roomState, withSnapshot } from "./room-state";
import { unreadCount } from "./unread";

const away = { me: me.id, reading: false };

function opened(lastSeq: Seq): RoomState {
  return withSnapshot(undefined, aDetail({ last_seq: lastSeq, read_seq: lastSeq, role: "member" }));
}

function received(state: RoomState, ...events: RoomEvent[]): RoomState {
  return events.reduce((current, event) => receive(current, event, away), state);
}

function seqs(state: RoomState): Seq[] {
  return state.window?.entries.map(({ seq }) => seq) ?? [];
}

describe("the log of a room", () => {
  it("applies the next event", () => {
    const state = received(opened(4), aMessageEvent(5));
    expect(state.cursor).toBe(5);
    expect(seqs(state)).toEqual([5]);
  });

  it("drops an event that it has applied before", () => {
    const state = received(opened(4), aMessageEvent(5), aMessageEvent(5), aMessageEvent(3));
    expect(state.cursor).toBe(5);
    expect(seqs(state)).toEqual([5]);
    expect(unreadCount(state.unread)).toBe(1);
  });

  it("holds an event past a gap and says that it is behind", () => {
    const state = received(opened(4), aMessageEvent(7), aMessageEvent(7));
    expect(state.cursor).toBe(4);
    expect(seqs(state)).toEqual([]);
    expect(isBehind(state)).toBe(true);
  });

  it("applies what it held, in order, once the gap is filled", () => {
    const state = received(opened(4), aMessageEvent(8), aMessageEvent(7), aMessageEvent(5), aMessageEvent(6));
    expect(seqs(state)).toEqual([5, 6, 7, 8]);
    expect(state.held).toEqual([]);
    expect(isBehind(state)).toBe(false);
    expect(unreadCount(state.unread)).toBe(4);
  });

  it("stops before a second gap", () => {
    const state = received(opened(4), aMessageEvent(9), aMessageEvent(6), aMessageEvent(5));
    expect(state.cursor).toBe(6);
    expect(isBehind(state)).toBe(true);
  });

  it("replaces an edited message where it stands", () => {
    const edited = aMessage(5, { content: "better", edited_at: timeOf(6) });
    const edit: RoomEvent = { room_id: 7, seq: 6, type: "message_edited", at: timeOf(6), actor: bob, message: edited };
    const state = received(opened(4), aMessageEvent(5), edit);
    expect(seqs(state)).toEqual([5]);
    expect(state.window?.entries[0]).toMatchObject({ message: { content: "better" } });
    expect(state.cursor).toBe(6);
  });

  it("counts others' messages as unread and neither one's own nor other events", () => {
    const state = received(opened(4), aMessageEvent(5), aMessageEvent(6, { sender: me }), aJoin(7));
    expect(unreadCount(state.unread)).toBe(1);
  });

  it("keeps a timeline that is not at the live end free of newer messages", () => {
    const state = opened(4);
    const past: RoomState = { ...state, window: { entries: [], hasBefore: false, hasAfter: true } };
    expect(seqs(received(past, aMessageEvent(5)))).toEqual([]);
  });

  it("draws the line of new messages where reading stopped, and leaves it there", () => {
    const state = received(opened(4), aMessageEvent(5), aMessageEvent(6));
    expect(state.divider).toBe(4);
  });

  it("draws no line under the eyes of a reader", () => {
    const state = receive(opened(4), aMessageEvent(5), { me: me.id, reading: true });
    expect(state.divider).toBeNull();
  });

  it("keeps members, their number and their roles up to date", () => {
    const promotion: RoomEvent = {
      room_id: 7,
      seq: 6,
      type: "room_changed",
      at: timeOf(6),
      actor: bob,
      member: { user: me, role: "owner" },
    };
    const left: RoomEvent = { room_id: 7, seq: 7, type: "user_left", at: timeOf(7), actor: bob, user: bob };
    const joined = received(opened(4), aJoin(5));
    expect(joined.members).toMatchObject([{ id: bob.id, role: "member" }]);
    expect(joined.room.member_count).toBe(3);
    const after = received(joined, promotion, left);
    expect(after.room).toMatchObject({ role: "owner", member_count: 2 });
    expect(after.members).toEqual([]);
  });

  it("names a direct conversation after who comes into it", () => {
    const alone = roomState(aRoom({ kind: "direct", name: "Ada", last_seq: 1, people: [] }));
    const state = received(alone, aJoin(2));
    expect(state.room).toMatchObject({ name: "Bob", people: [{ id: bob.id }] });
    expect(received(state, aJoin(3)).room.people).toHaveLength(1);
  });

  it("takes a new name over", () => {
    const rename: RoomEvent = {
      room_id: 7,
      seq: 1,
      type: "room_changed",
      at: timeOf(1),
      actor: bob,
      name: "orchard",
      description: "",
    };
    expect(received(roomState(aRoom()), rename).room.name).toBe("orchard");
  });
});

describe("an event of a kind that this version does not know", () => {
  const shown = received(opened(4), aMessageEvent(5));

  it.each([
    ["of a newer server", {}],
    ["that carries what known kinds carry", { message: aMessage(6), user: bob, name: "orchard" }],
    ["that is called like a method", { type: "toString" }],
    ["that the server could not read", { type: "damaged" }],
  ])("%s moves the cursor and nothing else", (_which, given) => {
    const after = received(shown, anUnknownEvent(6, given));
    expect(after).toEqual({ ...shown, cursor: 6, head: 6, room: { ...shown.room, last_seq: 6 } });
  });

  it("is passed over in a room that was never opened", () => {
    const listed = roomState(aRoom({ last_seq: 4 }));
    expect(received(listed, anUnknownEvent(5), aMessageEvent(6))).toMatchObject({ cursor: 6, window: null });
  });

  it("is held past a gap, and does not stop what lies behind it", () => {
    const behind = received(shown, aMessageEvent(8), anUnknownEvent(7));
    expect(behind.cursor).toBe(5);
    expect(isBehind(behind)).toBe(true);
    const healed = received(behind, aMessageEvent(6));
    expect(healed).toMatchObject({ cursor: 8, held: [] });
    expect(seqs(healed)).toEqual([5, 6, 8]);
    expect(unreadCount(healed.unread)).toBe(3);
  });

  it("is dropped when it comes again", () => {
    const after = received(shown, anUnknownEvent(6));
    expect(received(after, anUnknownEvent(6))).toBe(after);
  });
});

describe("a snapshot", () => {
  it("counts as unread what the server counted, as of its last event", () => {
    const state = withSnapshot(undefined, aDetail({ last_seq: 9, read_seq: 4, unread: 3 }));
    expect(unreadCount(state.unread)).toBe(3);
    expect(state.cursor).toBe(9);
  });

  it("older than what was applied goes back and asks for the rest again", () => {
    const ahead = received(opened(4), aMessageEvent(5), aMessageEvent(6));
    const state = withSnapshot(ahead, aDetail({ last_seq: 5, read_seq: 4, unread: 1, messages: [aMessage(5)] }));
    expect(state.cursor).toBe(5);
    expect(isBehind(state)).toBe(true);
    expect(unreadCount(received(state, aMessageEvent(6)).unread)).toBe(2);
    expect(seqs(received(state, aMessageEvent(6)))).toEqual([5, 6]);
  });

  it("joins the timeline that it overlaps", () => {
    const state = received(opened(4), aMessageEvent(5), aMessageEvent(6));
    const joined = withSnapshot(state, aDetail({ last_seq: 8, messages: [6, 7, 8].map((seq) => aMessage(seq)) }));
    expect(seqs(joined)).toEqual([5, 6, 7, 8]);
  });

  it("replaces a timeline some of whose changes it skips, such as an edit of an older message", () => {
    const state = received(opened(4), aMessageEvent(5), aMessageEvent(6));
    const page = aDetail({ last_seq: 8, messages: [aMessage(6), aMessage(8)], has_more_before: true });
    expect(seqs(withSnapshot(state, page))).toEqual([6, 8]);
  });

  it("replaces a timeline that it does not reach", () => {
    const state = received(opened(4), aMessageEvent(5));
    const page = aDetail({ last_seq: 90, messages: [aMessage(89), aMessage(90)], has_more_before: true });
    expect(seqs(withSnapshot(state, page))).toEqual([89, 90]);
  });
});
