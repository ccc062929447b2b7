import { defineConfig } from "drizzle-kit";

const url = process.env["DATABASE_URL"];

export default defineConfig({
  dialect: "postgresql",
  schema: "./src/adapters/postgres/schema.ts",
  out: "./migrations",
  casing: "snake_case",
  ...(url === undefined ? {} : { dbCredentials: { url } }),
});
