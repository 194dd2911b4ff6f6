import type { KnownEvent, RoomEvent } from "@/shared/api/wire";

/** What an event of each kind carries beside its place in the log, and cannot be applied without. */
const carried: Record<KnownEvent["type"], "message" | "user" | null> = {
  message: "message",
  message_edited: "message",
  message_deleted: "message",
  user_join: "user",
  user_left: "user",
  room_changed: null,
};

/** Whether this version knows what to do with the event. A damaged one, which lacks what it carries, is unknown too. */
export function isKnown(event: RoomEvent): event is KnownEvent {
  if (!Object.hasOwn(carried, event.type)) return false;
  const field = carried[event.type as KnownEvent["type"]];
  return field === null || Boolean((event as unknown as Record<string, unknown>)[field]);
}
