import type { ServiceCheck } from "../../ports/diagnostics.ts";
import type { Database } from "./database.ts";
import { newestMigration } from "./newest-migration.ts";

export function checkPostgres(db: Database): ServiceCheck {
  return {
    name: "postgres",
    async check() {
      await db.query({ text: "select to_json(1) as result", params: [] });
      return "answers";
    },
  };
}

/** drizzle notes each migration it has run under the time at which it was generated. */
const applied = `
select to_json(exists (
  select from drizzle.__drizzle_migrations where created_at >= $1::bigint
)) as result`;

/** A database ahead of this code is well: that is what the middle of a rollout looks like. */
export function checkMigrations(db: Database): ServiceCheck {
  return {
    name: "migrations",
    async check() {
      const { tag, generatedAt } = newestMigration;
      const [isApplied] = await db.query<boolean>({ text: applied, params: [generatedAt] });
      if (!isApplied) throw new Error(`Migration ${tag} has not been applied`);
      return tag;
    },
  };
}
