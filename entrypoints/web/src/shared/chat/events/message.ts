import type { Seq } from "@/shared/api/wire";
import { type RoomState, withEntryShown } from "../room-state";
import { messageEntry } from "../timeline-window";
import { unreadCount, withMessage } from "../unread";
import type { EventKind, Viewer } from "./kind";

export const message: EventKind<"message"> = {
  reduce(state, event, viewer) {
    const isOwn = event.message.sender.id === viewer.me;
    const counted = isOwn ? state : withUnread(state, event.seq, viewer);
    return withEntryShown(counted, messageEntry(event.message), viewer.reading);
  },
};

function withUnread(state: RoomState, seq: Seq, viewer: Viewer): RoomState {
  const unread = withMessage(state.unread, seq);
  const startsNewRun = !viewer.reading && unreadCount(state.unread) === 0 && unread !== state.unread;
  return { ...state, unread, divider: startsNewRun ? seq - 1 : state.divider };
}
