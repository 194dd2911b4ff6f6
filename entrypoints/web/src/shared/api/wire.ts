/** The objects of the public contract, as the server sends them. Times are RFC 3339 UTC, ids fit in 2^53. */

export type Id = number;
export type Seq = number;
export type RoomKind = "public" | "private" | "direct";
export type Role = "owner" | "moderator" | "member";

export interface Person {
  id: Id;
  username: string;
  name: string;
}

export interface User extends Person {
  online: boolean;
}

export interface OwnUser extends User {
  email: string | null;
  role: string;
  created_at: string;
}

export interface Member extends User {
  role: Role;
}

export interface Message {
  id: Id;
  room_id: Id;
  seq: Seq;
  sender: Person;
  content: string;
  created_at: string;
  client_id: string | null;
  edited_at: string | null;
  deleted: boolean;
  reply_to: Id | null;
}

export interface ChatRoom {
  id: Id;
  name: string;
  description: string;
  kind: RoomKind;
  member_count: number;
  joined: boolean;
  role: Role | null;
  last_seq: Seq;
  read_seq: Seq;
  unread: number;
  created_at: string;
  /** The other participants of a direct conversation; empty for other kinds. */
  people?: User[];
}

/** A room with its first page of members and its newest page of messages, all as of its `last_seq`. */
export interface RoomDetail extends ChatRoom {
  users: Member[];
  users_next: string | null;
  messages: Message[];
  has_more_before: boolean;
}

interface EventBase {
  room_id: Id;
  seq: Seq;
  at: string;
  actor: Person;
}

export type KnownEvent = EventBase &
  (
    | { type: "message" | "message_edited" | "message_deleted"; message: Message }
    | { type: "user_join" | "user_left"; user: Person }
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

export interface MessagesPage {
  chat_room_id: Id;
  messages: Message[];
  has_more_before: boolean;
  has_more_after: boolean;
}

export interface EventsPage {
  events: RoomEvent[];
  last_seq: Seq;
  has_more: boolean;
}

/** One of one's own signed-in devices. */
export interface Device {
  id: string | number;
  created_at: string;
  last_used_at: string;
  user_agent: string | null;
  address: string | null;
  current: boolean;
}
