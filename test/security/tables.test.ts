import { expect, test } from "vitest";
import { createApp } from "../../src/http/app.ts";
import type { Ports } from "../../src/ports/index.ts";
import { defaultLimits } from "../../src/protocol/limits.ts";
import { socketSurfaces } from "../../src/protocol/socket-api.ts";
import { socketRequestSchemas } from "../../src/protocol/socket-requests.ts";
import { frameCases } from "./frames.ts";
import { routeCases } from "./routes.ts";
import { everyCall, nothing } from "./scene.ts";

/** What is needed to know the routes, not to call them. */
const ports = { config: { limits: defaultLimits, allowedOrigins: [] } } as unknown as Ports;

test("every route of the app has its line, and no other", () => {
  const app = createApp(ports, { openSocket: async () => new Response() });
  const routes = app.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path}`);
  expect(Object.keys(routeCases).toSorted()).toEqual([...new Set(routes)].toSorted());
});

test("every frame that a client may send has its line, and no other", () => {
  const types = Object.keys(frameCases).toSorted();
  expect(types).toEqual(Object.keys(socketRequestSchemas).toSorted());
  const understood = Object.values(socketSurfaces).flatMap(({ requests }) => requests);
  expect(types).toEqual([...new Set(understood)].toSorted());
});

test("no route and no frame takes back what someone may: there is no blocking, leaving or deleting to race with", () => {
  const names = [...everyCall(nothing).map(({ route }) => route), ...Object.keys(frameCases)];
  const takesBack = /^(DELETE|PATCH) |block|ban\b|leave|delete|remove|revoke|disable|logout|edit/i;
  expect(names.filter((name) => takesBack.test(name))).toEqual([]);
});
