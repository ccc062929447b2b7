import { createNeonDatabase } from "../../src/adapters/postgres/neon-database.ts";
import { createNeonEndpoint } from "../../src/platforms/local/neon-endpoint.ts";
import type { SqlEngine } from "../../src/platforms/local/sql-engine.ts";
import type { OpenDatabase } from "../contracts/postgres-stores.ts";

/** The stores as a Worker reaches them, over an engine that is here. */
export async function throughNeon(
  engine: SqlEngine,
  drop?: () => Promise<void>,
): Promise<OpenDatabase> {
  const { databaseUrl, fetchEndpoint, close } = await createNeonEndpoint(engine);
  return {
    database: createNeonDatabase(databaseUrl, { fetchEndpoint }),
    async close() {
      await close();
      await engine.close();
      await drop?.();
    },
  };
}
