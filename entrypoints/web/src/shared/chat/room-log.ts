import type { RoomEvent, Seq } from "@/shared/api/wire";
import type { Viewer } from "./events/kind";
import { isKnown, kindOf, noticeOf } from "./events/kinds";
import { type RoomState, withEntryShown } from "./room-state";

/** The client rule: apply the next event, drop a known one, hold one that lies past a gap. */
export function receive(state: RoomState, event: RoomEvent, viewer: Viewer): RoomState {
  if (event.seq <= state.cursor) return noted(state, event);
  if (event.seq > state.cursor + 1) return noted(hold(state, event), event);
  return applyHeld(apply(state, event, viewer), viewer);
}

/** Events are missing: something was heard of that cannot be applied yet. */
export function isBehind(state: RoomState): boolean {
  return state.head > state.cursor;
}

export function heardOf(state: RoomState, seq: Seq): RoomState {
  return seq > state.head ? { ...state, head: seq } : state;
}

function noted(state: RoomState, event: RoomEvent): RoomState {
  return event.at > state.lastAt && isKnown(event) && event.type === "message" ? { ...state, lastAt: event.at } : state;
}

function hold(state: RoomState, event: RoomEvent): RoomState {
  if (state.held.some(({ seq }) => seq === event.seq)) return state;
  const held = [...state.held, event].toSorted((one, other) => one.seq - other.seq);
  return heardOf({ ...state, held }, event.seq);
}

function applyHeld(state: RoomState, viewer: Viewer): RoomState {
  let current = state;
  for (const event of state.held) if (event.seq === current.cursor + 1) current = apply(current, event, viewer);
  const held = current.held.filter(({ seq }) => seq > current.cursor);
  return held.length === current.held.length ? current : { ...current, held };
}

function apply(state: RoomState, event: RoomEvent, viewer: Viewer): RoomState {
  const room = { ...state.room, last_seq: event.seq };
  const advanced = heardOf(noted({ ...state, cursor: event.seq, room }, event), event.seq);
  if (!isKnown(event)) return advanced;
  const reduced = kindOf(event).reduce?.(advanced, event, viewer) ?? advanced;
  const entry = { seq: event.seq, notice: event };
  return noticeOf(event) === null ? reduced : withEntryShown(reduced, entry, viewer.reading);
}
