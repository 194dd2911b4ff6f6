import { io, type Socket } from "socket.io-client";
import { type Ack, type ClientEvents, isRoomEvent, type ServerEvents } from "./events";
import { parseProblem, RequestFailed } from "./problem";
import type { RoomEvent } from "./wire";

type EventName = keyof ClientEvents;

/** What the rest of the client needs from a live connection. */
export interface ChatConnection {
  readonly connected: boolean;
  request<E extends EventName>(event: E, payload: ClientEvents[E]["payload"]): Promise<ClientEvents[E]["data"]>;
}

const ackTimeout = 10_000;

/** The live connection: reconnects by itself, with the session cookie as its only credential. */
export class ChatSocket implements ChatConnection {
  private readonly socket: Socket;
  private readonly onRefused: (status: number) => void;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(handlers: { onConnected: () => void; onDisconnected: () => void; onRefused: (status: number) => void }) {
    this.onRefused = handlers.onRefused;
    this.socket = io({
      autoConnect: false,
      withCredentials: true,
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 5_000,
    });
    this.socket.on("connect", handlers.onConnected);
    this.socket.on("disconnect", (reason) => {
      handlers.onDisconnected();
      // The server closed this one connection; socket.io leaves coming back to us.
      if (reason === "io server disconnect") this.connectSoon();
    });
    this.socket.on("connect_error", (error) => {
      const { data } = error as Error & { data?: unknown };
      if (data) this.onRefused(parseProblem(data).status);
      // A refusal by the server is not retried by socket.io either.
      if (!this.socket.active) this.connectSoon();
    });
    const wake = () => {
      if (this.wanted && !this.socket.connected) this.socket.connect();
    };
    window.addEventListener("online", wake);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
  }

  private wanted = false;

  get connected(): boolean {
    return this.socket.connected;
  }

  connect(): void {
    this.wanted = true;
    this.socket.connect();
  }

  disconnect(): void {
    this.wanted = false;
    clearTimeout(this.retryTimer);
    this.socket.disconnect();
  }

  on<E extends keyof ServerEvents>(event: E, listener: (payload: ServerEvents[E]) => void): void {
    this.socket.on(event as string, listener as (payload: unknown) => void);
  }

  onRoomEvent(listener: (event: RoomEvent) => void): void {
    this.socket.onAny((_name, payload: unknown) => isRoomEvent(payload) && listener(payload));
  }

  /** Resolves with the ack's data; rejects with RequestFailed, of status 0 when no ack came. */
  async request<E extends EventName>(event: E, payload: ClientEvents[E]["payload"]): Promise<ClientEvents[E]["data"]> {
    if (!this.socket.connected) throw RequestFailed.noAnswer();
    let ack: Ack<ClientEvents[E]["data"]>;
    try {
      ack = await this.socket.timeout(ackTimeout).emitWithAck(event, payload);
    } catch {
      throw RequestFailed.noAnswer();
    }
    if ("error" in ack) throw refused(ack.error);
    return ack.data;
  }

  private connectSoon(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.wanted && this.socket.connect(), 1_000 + Math.random() * 2_000);
  }
}

function refused(error: unknown): RequestFailed {
  const { retry_after } = error as { retry_after?: number };
  return new RequestFailed(parseProblem(error), retry_after ?? null);
}
