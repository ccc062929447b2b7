import type { TestProject } from "vitest/node";

/** Starts the embedded database and counters, and tells the Worker under test where they are. */
export async function setup(project: TestProject) {
  project.provide("workerBindings", {
    AUTH_SECRET: "a secret that only the tests know 0123456789",
    SERVICE_KEY: "a service key that only tests know 0123456789",
    DATABASE_URL: "postgres://parley:parley@localhost/parley",
    NEON_FETCH_ENDPOINT: "http://127.0.0.1:9/sql",
    UPSTASH_REDIS_REST_URL: "http://127.0.0.1:9",
    UPSTASH_REDIS_REST_TOKEN: "embedded",
  });
}
