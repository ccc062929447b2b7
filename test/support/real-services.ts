import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { Client } from "pg";
import { migrationStatements } from "./migrations.ts";

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

interface Service {
  name: string;
  variable: string;
  standard: string;
}

const postgres: Service = {
  name: "PostgreSQL",
  variable: "TEST_DATABASE_URL",
  standard: "postgres://postgres@127.0.0.1:5432/postgres",
};
const redis: Service = {
  name: "Redis",
  variable: "TEST_REDIS_URL",
  standard: "redis://127.0.0.1:6379",
};

/** The address of a real PostgreSQL, or null where none runs; in CI a missing one is an error. */
export async function realPostgresUrl(): Promise<string | null> {
  return urlOf(postgres);
}

/** The address of a real Redis, or null where none runs; in CI a missing one is an error. */
export async function realRedisUrl(): Promise<string | null> {
  return urlOf(redis);
}

/** A new database on the real PostgreSQL, with every migration applied. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const database = await createEmptyDatabase();
  await run(database.url, await migrationStatements());
  return database;
}

/** A new database on the real PostgreSQL, as a first start finds it. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const server = await realPostgresUrl();
  if (server === null) throw new Error("No real PostgreSQL runs; ask realPostgresUrl() first.");
  const name = `parley_test_${randomBytes(8).toString("hex")}`;
  await run(server, [`create database ${name}`]);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => drop(server, name) };
}

/** A pool that has ended may still be closing its connections: Postgres waits 5 s for them, and only then are they cut. */
async function drop(server: string, name: string): Promise<void> {
  try {
    await run(server, [`drop database ${name}`]);
  } catch {
    await run(server, [`drop database if exists ${name} with (force)`]);
  }
}

async function urlOf({ name, variable, standard }: Service): Promise<string | null> {
  const given = process.env[variable];
  if (given) return given;
  if (await answers(standard)) return standard;
  if (!process.env["CI"]) return null;
  throw new Error(`In CI the real services must run: ${name} does not answer at ${standard}.`);
}

function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((settle) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: 2000 });
    const end = (answered: boolean) => {
      socket.destroy();
      settle(answered);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}

async function run(url: string, statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
