// One person's device over the official client, which connects, reconnects and acknowledges in its own way.
// On top of it there are only the client rule and, in outbox.mjs, an outbox. What happens is told as records of history.py.
import { EventEmitter, once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { Rooms } from "./rooms.mjs";

const ANSWERED_WITHIN = 8_000;
const NOTHING_NEW = 250;
const UNAUTHENTICATED = 401;
const RECONNECTS = { reconnectionDelay: 50, reconnectionDelayMax: 500 };
export const between = (least, most) => least + Math.random() * (most - least);

// Seconds of the clock that Python's time.monotonic() shows, too.
const now = () => Number(process.hrtime.bigint()) / 1e9;

export class Client extends EventEmitter {
  epoch = "";
  isReady = false; // has caught up since it connected
  isMissing = false;
  isHealing = false;
  isFresh = true; // has not caught up yet since it connected

  constructor(io, Room, tell, { client: name, account, doors, transports }) {
    super().setMaxListeners(0);
    Object.assign(this, { tell, name, account, doors });
    this.rooms = new Rooms(Room, (is, fields) => this.saw(is, fields), () => this.miss());
    this.socket = io(this.url, { auth: { token: account.token }, transports, forceNew: true, ...RECONNECTS })
      .on("connect", () => this.begin())
      .on("disconnect", (reason) => this.end(reason))
      .on("connect_error", (error) => this.fail(error))
      .on("session_ended", () => this.leave())
      .onAny((event, payload) => this.rooms.hear(event, payload));
    this.socket.io.on("reconnect_attempt", () => {
      const others = this.doors.length - 1; // a load balancer would send it to a process that lives
      this.doors.push(...this.doors.splice(0, Math.ceil(Math.random() * others)));
      this.socket.io.uri = this.url;
    });
  }

  get url() {
    return `http://127.0.0.1:${this.doors[0]}`;
  }

  leave() {
    this.socket.disconnect();
    this.tell({ client: this.name, has_ended: true });
  }

  // Not let in, or no connection, after which the library tries again by itself.
  fail({ data }) {
    if (data?.status === UNAUTHENTICATED) this.leave();
    else if (!this.socket.active) setTimeout(() => this.socket.connect(), between(50, 500));
  }

  // Do not read for so many seconds, on a WebSocket.
  async doze(seconds) {
    const line = this.socket.io.engine.transport?.ws;
    line?.pause();
    await pause(seconds * 1_000);
    line?.resume();
  }

  async goBy(doors) {
    this.doors = doors;
    this.socket.disconnect();
    this.socket.io.uri = this.url;
    this.socket.connect();
    await this.whenReady();
  }

  states() {
    return Object.fromEntries([...this.rooms].map(([id, room]) => [id, room.state(this.account)]));
  }

  // The acknowledgement: {data} or {error}, of status 0 when none came.
  async ask(event, payload) {
    const acknowledged = this.socket.timeout(ANSWERED_WITHIN).emitWithAck(event, payload);
    return acknowledged.catch(() => ({ error: { status: 0 } }));
  }

  async whenReady() {
    while (!this.isReady) await once(this, "ready");
  }

  begin() {
    this.saw("Connected");
    this.isFresh = true;
    this.miss();
  }

  end(reason) {
    this.isReady = false;
    this.report();
    this.saw("Disconnected", { why: reason === "parse error" ? "corrupt" : reason });
  }

  // Something is missing: ask until nothing is.
  async miss() {
    this.isMissing = true;
    if (this.isHealing) return;
    this.isHealing = true;
    while (this.isMissing && this.socket.connected) {
      this.report();
      this.isMissing = false;
      const before = JSON.stringify(this.rooms.cursors());
      if (!(await this.sync())) {
        this.isMissing = true;
        await pause(between(100, 500));
      } else if (this.isMissing && JSON.stringify(this.rooms.cursors()) === before) {
        await pause(NOTHING_NEW);
      }
    }
    this.isHealing = false;
  }

  // Whether it was answered.
  async sync() {
    this.rooms.moved.clear();
    if (this.isFresh) {
      const { data } = await this.ask("sync", { rooms: {} });
      data?.joined.forEach(({ id, read_seq }) => this.rooms.get(id)?.readUpTo(read_seq));
      if (!data) return false;
    }
    const asked_at = now();
    const { data } = await this.ask("sync", { rooms: this.rooms.cursors() });
    if (!data) return false;
    if (this.epoch && this.epoch !== data.epoch) this.rooms.closeAll();
    else this.rooms.catchUp(data);
    this.epoch = data.epoch;
    const last_seqs = Object.fromEntries(Object.entries(data.rooms).map(([id, { last_seq }]) => [id, last_seq]));
    this.saw("Synced", { asked_at, last_seqs, epoch: data.epoch });
    this.isFresh = false;
    this.isReady = this.socket.connected;
    this.report();
    return true;
  }

  saw(is, fields) {
    this.note(is, { client: this.name, ...fields });
  }

  note(is, fields) {
    this.tell({ client: this.name, record: { is, at: now(), ...fields } });
  }

  // Say how it is when that has changed.
  report() {
    const state = { client: this.name, is_ready: this.isReady, is_whole: this.isReady && !this.isMissing };
    const line = JSON.stringify(state);
    if (line !== this.reported) this.tell(state);
    this.reported = line;
    if (this.isReady) this.emit("ready");
  }
}
