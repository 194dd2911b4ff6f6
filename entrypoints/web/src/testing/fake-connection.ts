import type { ChatConnection } from "@/shared/api/chat-socket";
import type { ClientEvents } from "@/shared/api/events";
import { RequestFailed } from "@/shared/api/problem";

type EventName = keyof ClientEvents;
type Answer = (payload: never) => unknown;

/** A connection whose server is a table of answers; it keeps what was asked of it. */
export class FakeConnection implements ChatConnection {
  connected = true;
  readonly asked: { event: EventName; payload: unknown }[] = [];

  constructor(private readonly answers: { [E in EventName]?: (payload: ClientEvents[E]["payload"]) => unknown } = {}) {}

  async request<E extends EventName>(event: E, payload: ClientEvents[E]["payload"]): Promise<ClientEvents[E]["data"]> {
    if (!this.connected) throw RequestFailed.noAnswer();
    this.asked.push({ event, payload });
    const answer = this.answers[event] as Answer | undefined;
    return (await answer?.(payload as never)) as ClientEvents[E]["data"];
  }

  payloads<E extends EventName>(event: E): ClientEvents[E]["payload"][] {
    return this.asked
      .filter((each) => each.event === event)
      .map(({ payload }) => payload as ClientEvents[E]["payload"]);
  }
}

export function refusal(status: number, code: string, retryAfter: number | null = null): RequestFailed {
  return new RequestFailed({ title: code, status, detail: `Refused: ${code}.`, code, errors: [] }, retryAfter);
}
