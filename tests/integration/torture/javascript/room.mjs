// A room as a client holds it: a cursor, what waits behind a gap, and what the log adds up to.

export class Room {
  messages = new Map();
  held = new Map();

  constructor(seq) {
    this.cursor = this.readSeq = seq;
  }

  // The client rule: apply the next, drop what is known, hold what comes after a gap.
  take(event) {
    const applied = [];
    if (event.seq > this.cursor) this.held.set(event.seq, event);
    for (let next; (next = this.held.get(this.cursor + 1)); applied.push(next)) {
      this.held.delete(next.seq);
      this.apply(next);
    }
    return applied;
  }

  // What was before the log's first event is gone.
  beginAt(firstSeq) {
    this.cursor = Math.max(this.cursor, firstSeq - 1);
  }

  apply(event) {
    this.cursor = event.seq;
    const known = this.messages.get(event.message);
    // Of an older message only the event of its posting says which seq it has.
    if (event.message && (event.type === "message" || known)) {
      const { message: id, body, deleted, sender } = event;
      this.messages.set(id, { id, seq: known?.seq ?? event.seq, body, deleted, sender });
    }
  }

  readUpTo(seq) {
    this.readSeq = Math.max(this.readSeq, seq);
  }

  // What the user would see.
  state({ id, username }) {
    const shown = [...this.messages.values()];
    const unread = shown.filter(({ seq, deleted, sender }) => seq > this.readSeq && !deleted && sender !== id);
    return {
      last_seq: this.cursor,
      read_seq: this.readSeq,
      unread: unread.length,
      mentions: unread.filter(({ body }) => body.includes(`@${username}`)).length,
      messages: shown.map(({ sender, ...message }) => message),
    };
  }
}

// A bug to plant: it applies whatever comes.
export class Credulous extends Room {
  take(event) {
    this.apply(event);
    return [event];
  }
}

const ABOUT_A_MESSAGE = new Set(["message", "message_edited", "message_deleted"]);
const ABOUT_A_USER = new Set(["user_join", "user_left"]);

// A room event from the wire, as the history has it. What an event of an unknown kind carries is not read.
export function eventOf({ room_id, seq, type, ...carried }) {
  const message = ABOUT_A_MESSAGE.has(type) ? carried.message : null;
  const user = ABOUT_A_USER.has(type) ? carried.user : null;
  return {
    room: room_id,
    seq,
    type,
    message: message?.id ?? 0,
    body: message?.content ?? "",
    edited_at: message?.edited_at ?? "",
    deleted: message?.deleted ?? false,
    sender: message?.sender?.id ?? 0,
    client_id: message?.client_id ?? "",
    user: user?.id ?? 0,
  };
}
