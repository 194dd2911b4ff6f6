// node clients.mjs CLIENT_MODULE [--credulous]: many people over the official client, led by lines of JSON.
// {id, do, client, ...} is answered with {reply: id, value}; besides, lines tell of a client's records and how it is.
import { createInterface } from "node:readline";
import { Client } from "./client.mjs";
import { settle } from "./outbox.mjs";
import { Credulous, Room } from "./room.mjs";

const [module, planted] = process.argv.slice(2);
const { io } = await import(module);
const tell = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const people = new Map();

const commands = {
  open: (_, command) => {
    people.set(command.client, new Client(io, planted === "--credulous" ? Credulous : Room, tell, command));
  },
  leave: (person) => {
    people.delete(person.name);
    person.leave();
  },
  doze: (person, { seconds }) => person.doze(seconds),
  go: (person, { doors }) => person.goBy(doors),
  settle: (person, { asked, event, payload }) => settle(person, asked, event, payload),
  states: (person) => person.states(),
};
for await (const line of createInterface({ input: process.stdin })) {
  const { id, ...command } = JSON.parse(line);
  // What fails here ends the process, and with it the run.
  Promise.resolve(commands[command.do](people.get(command.client), command)).then((value) => tell({ reply: id, value }));
}
process.exit(0);
