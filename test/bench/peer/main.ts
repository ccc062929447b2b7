import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import { Redis } from "ioredis";
import { jwtVerify } from "jose";
import { Pool } from "pg";
import { Server } from "socket.io";
import type { Socket } from "socket.io";
import { createTables, storeMessage } from "./store.ts";

// A chat server as one writes it with Socket.IO: what Parley is compared with. It does the same work for each message, and
// none of what Parley promises beyond it: no numbering, no keys for retries, no log to resume from, no receipts.

interface Incoming {
  to: number;
  text: string;
}

interface Answer {
  id?: number;
  created_at?: Date;
  error?: string;
}

const { DATABASE_URL, REDIS_URL, AUTH_SECRET, PORT } = process.env;
if (!DATABASE_URL || !REDIS_URL || !AUTH_SECRET) throw new Error("settings are missing");

const secret = new TextEncoder().encode(AUTH_SECRET);
const pool = new Pool({ connectionString: DATABASE_URL, max: 20 });
const redis = new Redis(REDIS_URL, { enableAutoPipelining: true });
const http = createServer();
const io = new Server(http, {
  adapter: createAdapter(redis.duplicate(), redis.duplicate()),
  serveClient: false,
});

io.use((socket, next) => void admit(socket, next));

async function admit(socket: Socket, next: (error?: Error) => void): Promise<void> {
  const token: unknown = socket.handshake.auth["token"];
  const checked = jwtVerify(String(token), secret, { algorithms: ["HS256"] });
  const userId = await checked.then(({ payload }) => payload["user_id"]).catch(() => null);
  if (typeof userId !== "number") return next(new Error("unauthorized"));
  socket.data = { userId };
  next();
}

io.on("connection", (socket) => {
  const { userId } = socket.data as { userId: number };
  void socket.join(`user:${userId}`);
  socket.on("send", (incoming: unknown, answer: (answer: Answer) => void) => {
    send(userId, incoming).then(answer, () => answer({ error: "internal" }));
  });
});

async function send(from: number, incoming: unknown): Promise<Answer> {
  if (!isIncoming(incoming)) return { error: "invalid" };
  const { to, text } = incoming;
  const { id, conversation_id, created_at } = await storeMessage(pool, { from, to, text });
  const unread = await redis.hincrby(`unread:${to}`, String(conversation_id), 1);
  const message = { id, conversation_id, sender_id: from, recipient_id: to, text, created_at };
  io.to(`user:${to}`).emit("message", { ...message, unread_count: unread });
  return { id, created_at };
}

function isIncoming(value: unknown): value is Incoming {
  if (typeof value !== "object" || value === null || !("to" in value && "text" in value)) {
    return false;
  }
  const { to, text } = value;
  return Number.isSafeInteger(to) && typeof text === "string" && text !== "" && text.length <= 4000;
}

await createTables(pool);
http.listen(Number(PORT), "127.0.0.1", () => console.log("Ready"));
process.once("SIGTERM", () => process.exit(0));
