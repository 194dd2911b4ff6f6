import { withMessageChanged } from "../room-state";
import type { EventKind } from "./kind";

export const messageDeleted: EventKind<"message_deleted"> = {
  reduce: (state, { message }) => withMessageChanged(state, message),
};
