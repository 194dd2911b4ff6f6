// What a person did waits here until it is answered: it is asked again, with the same client_id, until then.
import { setTimeout as pause } from "node:timers/promises";
import { between } from "./client.mjs";

const FOR_LATER = new Set([401, 429, 500, 502, 503]);

// What became of it as the acknowledgement says, or null where it is refused.
export async function settle(client, { at, ...asked }, event, payload) {
  const { op } = asked;
  client.note("Asked", asked);
  for (;;) {
    await client.whenReady();
    const { data, error } = await client.ask(event, payload);
    if (data) {
      const { id = 0, seq = 0, content: body = "", deleted = false } = data.message ?? {};
      client.note("Answered", { op, id, seq, body, deleted });
      if (event === "read") client.rooms.get(payload.room_id)?.readUpTo(data.chat_room.read_seq);
      return { op, id, seq, body, deleted };
    }
    const { status, code } = error;
    if (status && !FOR_LATER.has(status)) {
      client.note("Refused", { op, status, code });
      return null;
    }
    client.note("Unanswered", { op, status });
    await pause(status ? between(100, 500) : between(10, 50));
  }
}
