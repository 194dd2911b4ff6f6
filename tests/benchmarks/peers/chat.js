// A chat on socket.io, as its own tutorial would write it: no accounts, no memberships, no validation, no limits.
// Usage: node chat.js PORT [sqlite FILE | postgres URL]
//
// A client says at CONNECT which room it is in. A message is kept if there is somewhere to keep it, told to its room, and
// acknowledged.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const [port, storage = 'nothing', place] = process.argv.slice(2);
const keep = await { nothing: async () => async () => 0, sqlite: keepInSqlite, postgres: keepInPostgres }[storage](place);

async function keepInSqlite(file) {
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, room_id INTEGER, message TEXT, at INTEGER)');
  const insert = database.prepare('INSERT INTO messages (room_id, message, at) VALUES (?, ?, ?)');
  return async ({ room_id, message }) => insert.run(room_id, message, Date.now()).lastInsertRowid;
}

async function keepInPostgres(url) {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  await pool.query('CREATE TABLE IF NOT EXISTS messages (id BIGSERIAL PRIMARY KEY, room_id BIGINT, message TEXT, at BIGINT)');
  const text = 'INSERT INTO messages (room_id, message, at) VALUES ($1, $2, $3) RETURNING id';
  return async ({ room_id, message }) => {
    const result = await pool.query({ name: 'insert', text, values: [room_id, message, Date.now()] });
    return result.rows[0].id;
  };
}

const server = createServer();
const io = new Server(server, { transports: ['websocket'], serveClient: false });
io.on('connection', (socket) => {
  socket.join(socket.handshake.auth.room_id);
  socket.on('send_message', async (data, acknowledge) => {
    const id = await keep(data);
    io.to(data.room_id).emit('receive_message', data);
    acknowledge?.({ data: { id: Number(id) } });
  });
});
server.listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 });
