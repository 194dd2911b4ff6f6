import type { Http } from "./http";
import type {
  ChatRoom,
  EventsPage,
  Id,
  Member,
  Message,
  MessagesPage,
  Role,
  RoomDetail,
  RoomKind,
  RoomsPage,
  Seq,
  User,
  UsersPage,
} from "./wire";

type Around = { before?: Seq; after?: Seq; around?: Seq };

/** Rooms, members and messages over REST: one method for each call of the contract. */
export class ChatApi {
  constructor(private readonly http: Http) {}

  rooms(scope: "joined" | "public", query = "", cursor: string | null = null): Promise<RoomsPage> {
    return this.http.get("/api/chat/rooms", { scope, query, cursor, limit: 100 });
  }

  /** Every room that one is in, however many pages that takes. */
  async joinedRooms(): Promise<ChatRoom[]> {
    const rooms: ChatRoom[] = [];
    let cursor: string | null = null;
    do {
      const page: RoomsPage = await this.rooms("joined", "", cursor);
      rooms.push(...page.chat_rooms);
      cursor = page.next;
    } while (cursor);
    return rooms;
  }

  async room(roomId: Id, usersCursor: string | null = null): Promise<RoomDetail> {
    const { chat_room } = await this.http.get<{ chat_room: RoomDetail }>(path(roomId), { users_cursor: usersCursor });
    return chat_room;
  }

  async createRoom(room: { name: string; description: string; kind: RoomKind }): Promise<ChatRoom> {
    return (await this.http.post<{ chat_room: ChatRoom }>("/api/chat/rooms", room)).chat_room;
  }

  async changeRoom(roomId: Id, change: { name?: string; description?: string }): Promise<ChatRoom> {
    return (await this.http.patch<{ chat_room: ChatRoom }>(path(roomId), change)).chat_room;
  }

  deleteRoom(roomId: Id): Promise<unknown> {
    return this.http.delete(path(roomId));
  }

  async join(roomId: Id): Promise<ChatRoom> {
    return (await this.http.post<{ chat_room: ChatRoom }>(path(roomId) + "/join")).chat_room;
  }

  leave(roomId: Id): Promise<unknown> {
    return this.http.post(path(roomId) + "/leave");
  }

  async setMember(roomId: Id, userId: Id, role: Role): Promise<Member> {
    return (await this.http.put<{ member: Member }>(`${path(roomId)}/members/${userId}`, { role })).member;
  }

  removeMember(roomId: Id, userId: Id): Promise<unknown> {
    return this.http.delete(`${path(roomId)}/members/${userId}`);
  }

  async direct(userIds: Id[]): Promise<ChatRoom> {
    return (await this.http.post<{ chat_room: ChatRoom }>("/api/chat/direct", { user_ids: userIds })).chat_room;
  }

  messages(roomId: Id, where: Around, limit = 50): Promise<MessagesPage> {
    return this.http.get(path(roomId) + "/messages", { ...where, limit });
  }

  events(roomId: Id, after: Seq, limit = 200): Promise<EventsPage> {
    return this.http.get(path(roomId) + "/events", { after, limit });
  }

  async editMessage(roomId: Id, messageId: Id, message: string): Promise<Message> {
    const url = `${path(roomId)}/messages/${messageId}`;
    return (await this.http.patch<{ message: Message }>(url, { message })).message;
  }

  async deleteMessage(roomId: Id, messageId: Id): Promise<Message> {
    return (await this.http.delete<{ message: Message }>(`${path(roomId)}/messages/${messageId}`)).message;
  }

  async people(query: string): Promise<User[]> {
    return (await this.http.get<UsersPage>("/api/users", { query, limit: 30 })).users;
  }
}

function path(roomId: Id): string {
  return `/api/chat/rooms/${roomId}`;
}
