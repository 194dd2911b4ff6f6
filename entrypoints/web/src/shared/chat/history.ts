import type { ChatApi } from "@/shared/api/chat-api";
import { RequestFailed } from "@/shared/api/problem";
import type { Id, MessagesPage, Seq } from "@/shared/api/wire";
import type { ChatStore } from "./chat-store";
import { noticeOf } from "./events/kinds";
import { type Quoted, showsAllUnread } from "./room-state";
import {
  keepNewest,
  keepOldest,
  messageAt,
  messageEntry,
  type TimelineEntry,
  union,
  withPageAfter,
  withPageBefore,
} from "./timeline-window";

const keptOpen = 400;
const eventPages = 5;

/** Fetches stretches of a room's past into the same store that the live events go to. */
export class History {
  constructor(
    private readonly store: ChatStore,
    private readonly api: Pick<ChatApi, "room" | "messages" | "events">,
    private readonly syncIfBehind: (roomId: Id) => void,
  ) {}

  /** The newest page, or where reading stopped if that is further back; nothing is fetched that is here already. */
  async open(roomId: Id): Promise<void> {
    const known = this.store.room(roomId);
    if (!known?.room.joined || !known.window || known.window.hasAfter) await this.newest(roomId);
    else this.store.setWindow(roomId, (window) => window && keepNewest(window, keptOpen));
    const state = this.store.room(roomId);
    const me = this.store.get().me?.id;
    if (me && state?.room.joined && !showsAllUnread(state, me)) await this.openAt(roomId, state.unread.readSeq);
  }

  /** The stretch around a message; null when there is no such message any more. */
  async openAt(roomId: Id, seq: Seq): Promise<void> {
    if (!this.store.room(roomId)?.members) await this.newest(roomId);
    if (messageAt(this.store.room(roomId)?.window ?? null, seq)) return;
    const page = await this.api.messages(roomId, { around: seq });
    const entries = page.messages.map(messageEntry);
    this.store.setWindow(roomId, () => ({ entries, hasBefore: page.has_more_before, hasAfter: true }));
    if (!page.has_more_after) await this.newest(roomId);
  }

  /**
   * Fetches a message that is quoted and not shown. What was told of it meanwhile is newer than the answer, and stays.
   */
  async quote(roomId: Id, seq: Seq): Promise<void> {
    const known = this.store.room(roomId)?.quoted[seq];
    if (known !== undefined && known !== "failed") return;
    this.store.setQuoted(roomId, seq, "loading");
    let found: Quoted;
    try {
      const { messages } = await this.api.messages(roomId, { around: seq }, 1);
      found = messages.find((message) => message.seq === seq) ?? "gone";
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      found = "failed";
    }
    if (this.store.room(roomId)?.quoted[seq] === "loading") this.store.setQuoted(roomId, seq, found);
  }

  async before(roomId: Id): Promise<void> {
    const first = this.store.room(roomId)?.window?.entries[0];
    if (!first) return;
    const page = await this.api.messages(roomId, { before: first.seq });
    const entries = await this.withNotices(roomId, page, first.seq - 1);
    this.store.setWindow(roomId, (window) => {
      if (window?.entries[0]?.seq !== first.seq) return window;
      const longer = withPageBefore(window, entries, page.has_more_before);
      return longer.entries.length > 2 * keptOpen ? keepOldest(longer, keptOpen) : longer;
    });
  }

  async after(roomId: Id): Promise<void> {
    const last = this.store.room(roomId)?.window?.entries.at(-1);
    if (!last) return;
    const page = await this.api.messages(roomId, { after: last.seq });
    this.store.setWindow(roomId, (window) => {
      if (window?.entries.at(-1)?.seq !== last.seq) return window;
      return withPageAfter(window, page.messages.map(messageEntry), true);
    });
    if (!page.has_more_after) await this.newest(roomId);
  }

  /** Joins the newest page to the window, or shows it instead where the two do not meet. */
  async newest(roomId: Id): Promise<void> {
    const detail = await this.api.room(roomId);
    const page = { chat_room_id: roomId, messages: detail.messages, has_more_before: detail.has_more_before };
    const entries = await this.withNotices(roomId, { ...page, has_more_after: false }, detail.last_seq);
    this.store.takeSnapshot(detail, entries);
    if (detail.joined) this.syncIfBehind(roomId);
  }

  /** Called at the live end only, where nobody sees the top go. */
  trim(roomId: Id): void {
    this.store.setWindow(roomId, (window) =>
      window && window.entries.length > 2 * keptOpen ? keepNewest(window, keptOpen) : window,
    );
  }

  /** A page of messages and the joins and leaves between them, which only the room's log holds. */
  private async withNotices(roomId: Id, page: MessagesPage, to: Seq): Promise<TimelineEntry[]> {
    const from = page.has_more_before ? (page.messages[0]?.seq ?? to) : 1;
    const messages = page.messages.map(messageEntry);
    try {
      return union(await this.notices(roomId, from, to), messages);
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      return messages;
    }
  }

  private async notices(roomId: Id, from: Seq, to: Seq): Promise<TimelineEntry[]> {
    const found: TimelineEntry[] = [];
    let after = from - 1;
    for (let pages = 0; pages < eventPages && after < to; pages++) {
      const { events, has_more } = await this.api.events(roomId, after);
      for (const event of events)
        if (event.seq <= to && noticeOf(event) !== null) found.push({ seq: event.seq, notice: event });
      after = has_more ? (events.at(-1)?.seq ?? to) : to;
    }
    return found;
  }
}
