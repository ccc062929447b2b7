import { createRoute } from "@hono/zod-openapi";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ServiceCheck } from "../ports/diagnostics.ts";
import type { Ports } from "../ports/index.ts";
import { healthSchema, servicesSchema } from "../protocol/health-api.ts";
import { serviceOnly } from "./auth.ts";
import { byServiceKey, fails, json } from "./route-docs.ts";

const healthRoute = createRoute({
  method: "get",
  path: "/health",
  tags: ["Health"],
  summary: "Whether this server answers",
  security: [],
  responses: { 200: json(healthSchema, "It does, whatever else is down.") },
});

const servicesRoute = createRoute({
  method: "get",
  path: "/health/services",
  tags: ["Health"],
  summary: "How each service is that this server needs",
  security: byServiceKey,
  responses: {
    200: json(servicesSchema, "All are well."),
    503: json(servicesSchema, "At least one is not."),
  },
  ...fails("not-found"),
});

const patienceMs = 3_000;

export function registerHealthRoutes(app: OpenAPIHono, ports: Ports): void {
  app.openapi(healthRoute, (c) =>
    c.json({ status: "ok" as const, version: ports.config.version }, 200),
  );

  app.openapi({ ...servicesRoute, middleware: serviceOnly(ports) }, async (c) => {
    const services = await Promise.all(ports.services.map((service) => examine(ports, service)));
    return c.json({ services }, services.every(({ ok }) => ok) ? 200 : 503);
  });
}

async function examine({ clock, log }: Pick<Ports, "clock" | "log">, service: ServiceCheck) {
  const { name } = service;
  const start = clock.now();
  const late = clock.sleep(patienceMs).then(() => null);
  // What a store says about itself may hold its address (HEALTH-1).
  const check = service.check().catch((error: unknown) => {
    log.error("health.failed", { service: name, kind: error instanceof Error ? error.name : "" });
    return undefined;
  });
  const word = await Promise.race([check, late]);
  const detail = word === null ? `no answer within ${patienceMs / 1_000} s` : (word ?? "failed");
  return { name, ok: typeof word === "string", ms: Math.max(0, clock.now() - start), detail };
}
