import type { components } from "./schema";

/** The objects that the server sends, by the names of the client. Times are RFC 3339 UTC, ids fit in 2^53. */
type Described = components["schemas"];

export type Id = number;
export type Seq = number;
export type Person = Described["PersonBody"];
export type User = Described["UserBody"];
export type OwnUser = Described["MeBody"];
export type Member = Described["MemberBody"];
export type Role = Member["role"];
export type Message = Described["MessageBodyOut"];
export type ChatRoom = Described["RoomBody"];
export type RoomKind = ChatRoom["kind"];
/** A room with its first page of members and its newest page of messages, all as of its `last_seq`. */
export type RoomDetail = Described["RoomDetailsBody"];
export type MessagesPage = Described["Messages"];
/** One of one's own signed-in devices. */
export type Device = Described["SessionBody"];
/** Who is signed in, and of which epoch the server's log is. */
export type Me = Described["Me"];
export type RoomsPage = Described["Rooms"];
export type UsersPage = Described["Users"];
export type DevicesPage = Described["Sessions"];

interface EventBase {
  room_id: Id;
  seq: Seq;
  at: string;
  actor: Person;
}

export type KnownEvent = EventBase &
  (
    | { type: "message"; message: Message }
    | { type: "message_edited"; message: Message }
    | { type: "message_deleted"; message: Message }
    | { type: "user_join"; user: Person }
    | { type: "user_left"; user: Person }
    | {
        type: "room_changed";
        name?: string | null;
        description?: string | null;
        member?: { user: Person; role: Role } | null;
      }
  );

/** An event of a kind that this version does not know: it has its place in the log, and whatever else is not read. */
export interface UnknownEvent extends EventBase {
  type: string;
}

/** One event of a room's log. */
export type RoomEvent = KnownEvent | UnknownEvent;

export interface EventsPage {
  events: RoomEvent[];
  last_seq: Seq;
  has_more: boolean;
}
