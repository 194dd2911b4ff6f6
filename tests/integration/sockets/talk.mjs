// A program over the official client: node talk.mjs CLIENT_MODULE URL TOKEN, then commands as lines of JSON.
// Every event, ack and change of the connection is one line of JSON on the standard output.
import { createInterface } from "node:readline";

const [module, url, token] = process.argv.slice(2);
const { io } = await import(module);
const tell = (...what) => process.stdout.write(JSON.stringify(what) + "\n");

let socket;
const commands = {
  connect: (options) => {
    socket = io(url, { auth: { token }, reconnectionDelay: 100, reconnectionDelayMax: 300, ...options });
    socket.on("connect", () => tell("connect"));
    socket.on("connect_error", (error) => tell("connect_error", error.message, error.data ?? null));
    socket.on("disconnect", (reason) => tell("disconnect", reason, socket.active));
    socket.onAny((event, payload) => tell("event", event, payload));
  },
  emit: async (event, payload) => tell("ack", event, await socket.timeout(10_000).emitWithAck(event, payload)),
  transport: () => tell("transport", socket.io.engine.transport.name),
};
for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...args] = JSON.parse(line);
  void commands[name](...args);
}
process.exit(0);
