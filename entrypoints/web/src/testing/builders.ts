import type { OutboxItem } from "@/shared/chat/outbox-item";
import type { ChatRoom, KnownEvent, Message, OwnUser, Person, RoomDetail, Seq, UnknownEvent } from "@/shared/api/wire";

export const ada: Person = { id: 1, username: "ada", name: "Ada" };
export const bob: Person = { id: 2, username: "bob", name: "Bob" };

export const me: OwnUser = {
  ...ada,
  online: true,
  email: null,
  role: "member",
  created_at: "2026-03-01T09:00:00.000Z",
};

/** One second after another, from noon on. */
export function timeOf(seq: Seq): string {
  return new Date(Date.UTC(2026, 2, 4, 12, 0, seq)).toISOString();
}

export function aRoom(given: Partial<ChatRoom> = {}): ChatRoom {
  return {
    id: 7,
    name: "garden",
    description: "",
    kind: "public",
    member_count: 2,
    joined: true,
    role: "member",
    first_seq: 1,
    last_seq: 0,
    read_seq: 0,
    unread: 0,
    mentions: 0,
    created_at: timeOf(0),
    people: [],
    ...given,
  };
}

export function aDetail(given: Partial<RoomDetail> = {}): RoomDetail {
  return { ...aRoom(), users: [], users_next: null, messages: [], has_more_before: false, ...given };
}

export function aMessage(seq: Seq, given: Partial<Message> = {}): Message {
  return {
    id: 100 + seq,
    room_id: 7,
    seq,
    sender: bob,
    content: `message ${seq}`,
    created_at: timeOf(seq),
    client_id: null,
    edited_at: null,
    deleted: false,
    reply_to: null,
    reply_to_seq: null,
    ...given,
  };
}

export function aMessageEvent(seq: Seq, given: Partial<Message> = {}): KnownEvent {
  const message = aMessage(seq, given);
  return { room_id: message.room_id, seq, type: "message", at: message.created_at, actor: message.sender, message };
}

export function aJoin(seq: Seq, user: Person = bob): KnownEvent {
  return { room_id: 7, seq, type: "user_join", at: timeOf(seq), actor: user, user };
}

/** An event that a newer server tells, with whatever it carries. */
export function anUnknownEvent(seq: Seq, given: Record<string, unknown> = {}): UnknownEvent {
  return { room_id: 7, seq, type: "from_the_future", at: timeOf(seq), actor: bob, ...given };
}

export function anUnsent(content: string, given: Partial<OutboxItem> = {}): OutboxItem {
  return {
    clientId: "c1",
    roomId: 7,
    content,
    replyTo: null,
    createdAt: timeOf(1),
    refused: null,
    accepted: null,
    ...given,
  };
}
