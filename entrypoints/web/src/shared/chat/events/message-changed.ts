import type { Message } from "@/shared/api/wire";
import { type RoomState, withMessageChanged } from "../room-state";

/** For every kind after which a message that was there is another one. */
export const messageChanged = {
  reduce: (state: RoomState, { message }: { message: Message }) => withMessageChanged(state, message),
};
