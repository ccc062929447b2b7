import { OperatorError } from "../machine/operator-error.ts";
import type { Migration } from "./assets.ts";

/** One session of a database. */
export interface SqlSession {
  /** Answers the rows of the last statement. */
  run(text: string): Promise<Record<string, unknown>[]>;
}

/** As drizzle-kit keeps it, so that `npm run migrate` and this server take turns on one database. */
const journal = `
  create schema if not exists drizzle;
  create table if not exists drizzle.__drizzle_migrations (
    id serial primary key, hash text not null, created_at bigint)`;

/** Applies what is missing, each migration as a whole. */
export async function migrate(session: SqlSession, migrations: Migration[]): Promise<void> {
  try {
    for (const statement of journal.split(";")) await session.run(statement);
    const newest =
      "select coalesce(max(created_at), 0) as newest from drizzle.__drizzle_migrations";
    const [row] = await session.run(newest);
    const applied = Number(row?.["newest"]);
    for (const migration of migrations) {
      if (migration.generatedAt > applied) await apply(session, migration);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(`The migrations failed: ${reason}`);
  }
}

async function apply(session: SqlSession, { sql, generatedAt }: Migration): Promise<void> {
  const hash = new Bun.CryptoHasher("sha256").update(sql).digest("hex");
  const note = `insert into drizzle.__drizzle_migrations (hash, created_at) values ('${hash}', ${generatedAt})`;
  await session.run("begin");
  try {
    for (const statement of sql.split("--> statement-breakpoint")) await session.run(statement);
    await session.run(note);
    await session.run("commit");
  } catch (error) {
    await session.run("rollback").catch(() => undefined);
    throw error;
  }
}
