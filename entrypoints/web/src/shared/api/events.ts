import type { Problem } from "./problem";
import type { ChatRoom, EventsPage, Id, Message, Person, RoomEvent, Seq } from "./wire";

/** Every socket event that this client sends or hears, its payload and what its ack carries. Nothing else spells them. */

export interface ClientEvents {
  send_message: {
    payload: { room_id: Id; message: string; client_id: string; reply_to?: Id };
    data: { message: Message };
  };
  typing: { payload: { room_id: Id }; data: Record<string, never> };
  read: { payload: { room_id: Id; seq: Seq }; data: { chat_room: ChatRoom } };
  sync: {
    payload: { rooms: Record<Id, Seq> };
    data: { rooms: Record<string, EventsPage>; joined: ChatRoom[]; gone: Id[]; epoch: string };
  };
  presence: { payload: { user_ids: Id[] }; data: { online: Id[] } };
}

/** What is pushed beside the events of the rooms, each of which comes under a name of its kind. */
export interface ServerEvents {
  user_typing: { room_id: Id; user: Person };
  presence: { user_id: Id; online: boolean; at: string };
  read_mark: { room_id: Id; read_seq: Seq; unread: number };
  room_added: { chat_room: ChatRoom };
  room_removed: { room_id: Id };
  heads: { rooms: Record<string, Seq> };
  session_ended: { code: string };
}

/** Whether a push is an event of a room: told by its place in a log, since newer servers push under newer names. */
export function isRoomEvent(payload: unknown): payload is RoomEvent {
  const { room_id, seq, type } = (payload ?? {}) as Partial<RoomEvent>;
  return typeof room_id === "number" && typeof seq === "number" && typeof type === "string";
}

export type Ack<T> = { data: T } | { error: Problem };
