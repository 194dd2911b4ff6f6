import { withMessageChanged } from "../room-state";
import type { EventKind } from "./kind";

export const messageEdited: EventKind<"message_edited"> = {
  reduce: (state, { message }) => withMessageChanged(state, message),
};
