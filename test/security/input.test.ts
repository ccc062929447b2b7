import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { socketRequestSchemas } from "../../src/protocol/socket-requests.ts";
import { createFrameRig } from "../support/frame-rig.ts";
import { frameCases } from "./frames.ts";
import { callWell, everyCall, openScene } from "./scene.ts";
import type { NamedCall, Scene } from "./scene.ts";

let scene: Scene;
let calls: NamedCall[];

beforeAll(async () => {
  scene = await openScene();
  calls = everyCall(scene.mine).filter(({ call }) => call.json !== undefined);
});
afterAll(() => scene.rig.close());

type Fields = Record<string, unknown>;

/** What is handed in where a scalar is due. */
const objects: unknown[] = [{ $ne: 1 }, { $gt: "" }, [{ id: 1 }], [["1"]], { toString: "1" }];

/** What may hold anything by its schema. */
const open = new Set(["POST /api/service/notifications data", "hello last_event_id"]);

interface Described {
  $ref?: string;
  properties?: Fields;
  anyOf?: Described[];
  allOf?: Described[];
  items?: Described;
}

interface Operation {
  requestBody?: { content: Record<string, { schema: Described }> };
  parameters?: { name: string; in: string }[];
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Described> };
}

async function readDocument(): Promise<Document> {
  return (await (await scene.call("/api/openapi.json")).json()) as Document;
}

/** The document's operation of a route: it writes ids and slashes in its own way. */
function operationOf({ paths }: Document, route: string): Operation {
  const [method = "", path = ""] = route.split(" ");
  const written = path.replaceAll(/:(\w+)/g, "{$1}");
  const found = paths[`${written}/`] ?? paths[written];
  return found?.[method.toLowerCase()] ?? {};
}

function fieldsOf(document: Document, schema: Described | undefined): string[] {
  if (!schema) return [];
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1) ?? "";
    return fieldsOf(document, document.components.schemas[name]);
  }
  const own = Object.keys(schema.properties ?? {});
  const parts = [...(schema.anyOf ?? []), ...(schema.allOf ?? [])];
  return [...own, ...parts.flatMap((one) => fieldsOf(document, one))];
}

/** The good body with one field made bad; where it names its subject by another field, without that. */
function spoil(json: object, field: string, value: unknown): Fields {
  return { ...json, [field]: value };
}

async function statusOf(call: NamedCall, json: unknown): Promise<number> {
  const sent = { ...call, call: { ...call.call, json } };
  const { status, body } = await callWell(scene, scene.rig.carol, sent);
  await body?.cancel();
  return status;
}

describe("an object where a scalar is due", () => {
  test("is refused in every field of every JSON body, and nothing is stored [ERR-1]", async () => {
    const document = await readDocument();
    const rows = await scene.rig.readRows();
    const wrong: unknown[] = [];
    let tried = 0;
    for (const call of calls) {
      const body = operationOf(document, call.route).requestBody;
      const fields = fieldsOf(document, body?.content["application/json"]?.schema);
      expect([call.route, fields.length > 0]).toEqual([call.route, true]);
      for (const field of fields.filter((name) => !open.has(`${call.route} ${name}`))) {
        for (const value of objects) {
          tried += 1;
          const status = await statusOf(call, spoil(call.call.json as object, field, value));
          if (status !== 400) wrong.push([call.route, field, value, status]);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(100);
    expect(await scene.rig.readRows()).toBe(rows);
  }, 60_000);

  test("is refused in every field of every frame, and nothing is stored [WS-2]", async () => {
    const rows = await scene.rig.readRows();
    const wrong: unknown[] = [];
    for (const [type, framesOf] of Object.entries(frameCases)) {
      const { shape } = socketRequestSchemas[type as keyof typeof socketRequestSchemas];
      const [good] = framesOf(scene.mine);
      for (const field of ["type", ...Object.keys(shape)]) {
        if (open.has(`${type} ${field}`)) continue;
        for (const value of objects) {
          const { ask } = createFrameRig(scene.ports, scene.rig.carol.person);
          const [answer] = await ask({ ...good!.frame, [field]: value });
          if (answer?.["code"] !== "invalid-frame") wrong.push([type, field, value, answer]);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(await scene.rig.readRows()).toBe(rows);
  }, 60_000);

  test("in an address is no parameter, and a parameter that comes twice is refused [ERR-1] [WIRE-2]", async () => {
    const document = await readDocument();
    const wrong: unknown[] = [];
    for (const { route, access, path, call, names } of everyCall(scene.mine)) {
      const { parameters = [] } = operationOf(document, route);
      for (const { name } of parameters.filter((each) => each.in === "query")) {
        const [place, query] = path.split("?");
        const given = new URLSearchParams(query);
        if (!given.has(name)) given.set(name, "1");
        given.append(name, "2");
        const twice = { route, access, names, path: `${place}?${given.toString()}`, call };
        const response = await callWell(scene, scene.rig.carol, twice);
        await response.body?.cancel();
        const isOdd = access !== "stream" && (response.status < 400 || response.status >= 500);
        if (isOdd || response.status >= 500) wrong.push([route, name, response.status]);
      }
      const odd = {
        route,
        access,
        names,
        call,
        path: `${path}${path.includes("?") ? "&" : "?"}limit[$ne]=1&token[$ne]=1`,
      };
      const { status, body } = await callWell(scene, scene.rig.carol, odd);
      await body?.cancel();
      if (status >= 500) wrong.push([route, "[$ne]", status]);
    }
    expect(wrong).toEqual([]);
  });
});

/** Bodies that break careless readers. */
const hostile: [string, (good: string) => string][] = [
  ["10,000 levels deep", () => `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`],
  [
    "10,000 levels deep in a field",
    (good) => good.replace(/\}$/, `,"x":${"[".repeat(10_000)}${"]".repeat(10_000)}}`),
  ],
  [
    "with __proto__",
    (good) => good.replace(/\}$/, ',"__proto__":{"polluted":true,"is_read":true}}'),
  ],
  [
    "with constructor",
    (good) => good.replace(/\}$/, ',"constructor":{"prototype":{"polluted":true}}}'),
  ],
  ["with every key twice", (good) => good.replace(/\}$/, `,${good.slice(1)}`)],
  ["with 1e400", (good) => good.replaceAll(/:\d+/g, ":1e400")],
  ["with 2^63", (good) => good.replaceAll(/:\d+/g, ":9223372036854775808")],
  ["with -0", (good) => good.replaceAll(/:\d+/g, ":-0")],
];

describe.each(hostile)("JSON %s", (_, spoilText) => {
  test("breaks no route, changes no prototype, and the next one is served [ERR-1] [JSON-1]", async () => {
    const wrong: unknown[] = [];
    for (const call of calls) {
      const { json, ...how } = call.call;
      const body = spoilText(JSON.stringify(json));
      const headers = { "Content-Type": "application/json", ...how.headers };
      const sent = { ...call, call: { ...how, headers, body } };
      const response = await callWell(scene, scene.rig.carol, sent);
      if (response.status >= 500) wrong.push([call.route, response.status]);
      await response.body?.cancel();
    }
    expect(wrong).toEqual([]);
    expect(({} as Fields)["polluted"]).toBeUndefined();
    expect((await scene.call("/api/auth/me", { as: scene.rig.carol })).status).toBe(200);
  });

  test("breaks no frame, changes no prototype, and the next one is served [WS-2]", async () => {
    for (const { frame } of Object.values(frameCases).flatMap((of) => of(scene.mine))) {
      const { ask } = createFrameRig(scene.ports, scene.rig.carol.person);
      const answers = await ask(spoilText(JSON.stringify(frame)));
      expect(answers.map(({ code }) => code)).not.toContain("internal");
      expect(await ask({ type: "ping", ref: 1 })).toEqual([{ type: "pong", ref: 1 }]);
    }
    expect(({} as Fields)["polluted"]).toBeUndefined();
  });
});
