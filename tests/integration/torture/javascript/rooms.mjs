// The rooms that a client is in: they are opened and closed, fed by pushes and by `sync`, and one asks what they lack.
import { eventOf } from "./room.mjs";

// Told by its place in the log of a room: kinds of newer servers come under newer names.
const isRoomEvent = (payload) => ["room_id", "seq", "type"].every((field) => field in payload);

export class Rooms extends Map {
  moved = new Set(); // entered or left by a push while a sync was under way

  // `record` writes into the history, `miss` is called whenever something is missing.
  constructor(Room, record, miss) {
    super();
    Object.assign(this, { Room, record, miss });
  }

  cursors() {
    return Object.fromEntries([...this].map(([id, room]) => [id, room.cursor]));
  }

  hear(event, payload) {
    if (isRoomEvent(payload)) this.receive(payload, true);
    else this[event]?.(payload);
  }

  heads({ rooms }) {
    if (Object.entries(rooms).some(([id, seq]) => !(this.get(+id)?.cursor >= seq))) this.miss();
  }

  room_added({ chat_room }) {
    this.moved.add(chat_room.id);
    this.open(chat_room);
  }

  room_removed({ room_id }) {
    this.moved.add(room_id);
    this.close(room_id);
  }

  read_mark({ room_id, read_seq }) {
    this.get(room_id)?.readUpTo(read_seq);
  }

  catchUp({ gone, joined, rooms }) {
    gone.filter((id) => !this.moved.has(id)).forEach((id) => this.close(id));
    joined.filter(({ id }) => !this.moved.has(id)).forEach((seen) => this.open(seen));
    for (const [id, { events, first_seq, last_seq }] of Object.entries(rooms)) {
      this.get(+id)?.beginAt(first_seq);
      events.forEach((event) => this.receive(event, false));
      if (this.get(+id)?.cursor < last_seq) this.miss();
    }
  }

  receive(body, pushed) {
    const event = eventOf(body);
    const room = this.get(event.room);
    const applied = room?.take(event) ?? [];
    if (!applied.includes(event)) this.record("Received", { event, pushed, applied: false });
    applied.forEach((each) => this.record("Received", { event: each, pushed, applied: true }));
    if (!room || room.held.size) this.miss();
  }

  // From the read mark on, so that whatever is unread is known.
  open({ id, read_seq, last_seq }) {
    if (this.has(id)) {
      this.get(id).readUpTo(read_seq);
    } else {
      this.set(id, new this.Room(read_seq));
      this.record("Opened", { room: id, seq: read_seq });
    }
    if (this.get(id).cursor < last_seq) this.miss();
  }

  close(id) {
    if (this.delete(id)) this.record("Closed", { room: id });
  }

  closeAll() {
    [...this.keys()].forEach((id) => this.close(id));
    this.miss();
  }
}
