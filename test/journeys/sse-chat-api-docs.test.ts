import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { communication } from "../support/people.ts";
import { startServer } from "../support/server.ts";
import type { TestServer } from "../support/server.ts";

interface Operation {
  parameters?: { name: string; in: string; required?: boolean; schema?: unknown }[];
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, { description?: string }>;
  security?: Record<string, unknown>[];
}

interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, unknown>>;
}

let server: TestServer;
let document: OpenApi;

beforeAll(async () => {
  server = await startServer({ DEMO: "off" });
  const response = await fetch(`${server.url}/api/openapi.json`);
  document = (await response.json()) as OpenApi;
});

afterAll(() => server?.dispose());

/** Every object inside, with where it is. */
function* walk(value: unknown, path = "#"): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield [path, value as Record<string, unknown>];
  for (const [key, inner] of Object.entries(value)) yield* walk(inner, `${path}/${key}`);
}

function* operations(): Generator<[string, Operation]> {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      yield [`${method.toUpperCase()} ${path}`, operation];
    }
  }
}

describe("the OpenAPI document", () => {
  test("is of version 3.1 and describes every documented path", () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({
      title: expect.any(String),
      version: expect.any(String),
      license: { name: expect.any(String) },
    });
    const described = [...operations()].map(([name]) => name);
    expect(described).toEqual(
      expect.arrayContaining([
        `GET ${communication}/chats/conversations/`,
        `GET ${communication}/chats/conversation/{user_id}/`,
        `POST ${communication}/chats/`,
        `POST ${communication}/chats/mark-read/`,
        `POST ${communication}/chats/typing/`,
        `GET ${communication}/chats/unread-count/`,
        `GET ${communication}/chats/online-users/`,
        `GET ${communication}/sse/events/`,
      ]),
    );
  });

  test("refers to nothing that it does not hold", () => {
    const references = [...walk(document)].flatMap(([, { $ref }]) =>
      typeof $ref === "string" ? [$ref] : [],
    );
    expect(references.length).toBeGreaterThan(0);
    const places = new Set([...walk(document)].map(([path]) => path));
    expect(references.filter((reference) => !places.has(reference))).toEqual([]);
    const schemes = Object.keys(document.components["securitySchemes"] ?? {});
    for (const [name, { security = [] }] of operations()) {
      const unknown = security.flatMap(Object.keys).filter((key) => !schemes.includes(key));
      expect([name, unknown]).toEqual([name, []]);
    }
  });

  test("names the parameters of each path and describes each response", () => {
    for (const [name, { parameters = [], responses }] of operations()) {
      const inPath = parameters.filter((each) => each.in === "path").map((each) => each.name);
      const templates = [...name.matchAll(/\{(\w+)\}/g)].map(([, template]) => template);
      expect([name, new Set(inPath)]).toEqual([name, new Set(templates)]);
      expect(parameters.filter((each) => each.in === "path" && !each.required)).toEqual([]);
      expect(parameters.every(({ schema }) => schema !== undefined)).toBe(true);
      expect([name, Object.keys(responses)]).not.toEqual([name, []]);
      for (const [status, { description }] of Object.entries(responses)) {
        expect(status).toMatch(/^([1-5]\d\d|default)$/);
        expect([name, status, description]).toEqual([name, status, expect.any(String)]);
      }
    }
  });

  test("has only what 3.1 knows in its schemas", () => {
    const types = ["string", "integer", "number", "boolean", "array", "object", "null"];
    const schemas = document.components["schemas"];
    for (const [path, schema] of walk(schemas, "#/components/schemas")) {
      expect([path, "nullable" in schema]).toEqual([path, false]);
      if (path.endsWith("/properties") || !("type" in schema)) continue;
      if (/\/(example|examples)\//.test(path)) continue;
      const unknown = [schema["type"]].flat().filter((type) => !types.includes(String(type)));
      expect([path, unknown]).toEqual([path, []]);
    }
  });

  test("shows both ways of sending and the parameters of a page", () => {
    const send = document.paths[`${communication}/chats/`]?.["post"];
    const contents = Object.keys(send?.requestBody?.content ?? {});
    expect(contents).toEqual(["application/json", "multipart/form-data"]);
    const read = document.paths[`${communication}/chats/conversation/{user_id}/`]?.["get"];
    const names = read?.parameters?.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["limit", "offset", "before_id"]));
  });
});

describe("the page that shows it", () => {
  test("loads with all of its parts from this server alone", async () => {
    const response = await fetch(`${server.url}/api/docs/`);
    expect(response.headers.get("content-type")).toMatch(/^text\/html/);
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*/);
    const html = await response.text();
    expect(html).not.toMatch(/(https?:)?\/\/[a-z]/i);
    const parts = [...html.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, part = ""]) => part);
    const kinds = new Set<string>();
    for (const part of parts) {
      // oxlint-disable-next-line no-await-in-loop -- one part after the other
      const loaded = await fetch(server.url + part);
      expect([part, loaded.status]).toEqual([part, 200]);
      kinds.add(loaded.headers.get("content-type")?.split(";")[0] ?? "");
      // oxlint-disable-next-line no-await-in-loop -- likewise
      expect(await loaded.text()).not.toBe("");
    }
    expect(kinds).toEqual(new Set(["application/json", "text/css", "text/javascript"]));
  });

  test("is there with and without the slash at the end", async () => {
    const without = await fetch(`${server.url}/api/docs`);
    expect(without.status).toBe(200);
    expect(await without.text()).toContain("swagger-ui");
  });
});
