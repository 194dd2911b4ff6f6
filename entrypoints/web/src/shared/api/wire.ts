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
export type EventsPage = Described["Events"];
/** One event of a room's log. */
export type RoomEvent = EventsPage["events"][number];
/** An event of a kind that this version does not know: it has its place in the log, and whatever else is not read. */
export type UnknownEvent = Described["UnknownEvent"];
/** An event of one of the kinds that the server describes. */
export type KnownEvent = OfNamedKind<RoomEvent>;

type OfNamedKind<E extends RoomEvent> = E extends unknown ? (string extends E["type"] ? never : E) : never;
