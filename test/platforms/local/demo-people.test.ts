import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { signUpDemoPeople } from "../../../src/platforms/machine/demo-people.ts";

interface Account {
  id: number;
  password: string;
}

let accounts: Map<string, Account>;
let asked: string[];
let url: string;

const server = createServer((request, response) => {
  void respond(request, response);
});

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? "";
  const { username, password } = JSON.parse(await text(request)) as Record<string, string>;
  const name = username ?? "";
  asked.push(`${path.replace("/api/auth/", "")} ${name}`);
  const known = accounts.get(name);
  const isRegister = path.endsWith("/register");
  const isWrong = isRegister ? known !== undefined : known?.password !== password;
  if (isRegister && !isWrong) {
    accounts.set(name, { id: accounts.size + 1, password: password ?? "" });
  }
  response.statusCode = isWrong ? (isRegister ? 409 : 401) : 200;
  response.end(JSON.stringify({ token: `token of ${name}`, user: { id: accounts.get(name)?.id } }));
}

beforeEach(async () => {
  accounts = new Map();
  asked = [];
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test("newcomers sign up one after another, so that their ids are in order", async () => {
  const people = await signUpDemoPeople(url);
  expect(people).toEqual([
    { id: 1, username: "alice", token: "token of alice" },
    { id: 2, username: "bob", token: "token of bob" },
    { id: 3, username: "carol", token: "token of carol" },
  ]);
  expect(asked).toEqual(["register alice", "register bob", "register carol"]);
});

test("those who are there already log in at once", async () => {
  const before = await signUpDemoPeople(url);
  asked = [];
  expect(await signUpDemoPeople(url)).toEqual(before);
  expect(asked.toSorted()).toEqual(["login alice", "login bob", "login carol", "register alice"]);
});

test("whoever is missing is added", async () => {
  await signUpDemoPeople(url);
  accounts.delete("carol");
  expect((await signUpDemoPeople(url)).map(({ username }) => username)).toEqual([
    "alice",
    "bob",
    "carol",
  ]);
});

test("a name with another password is said to be taken", async () => {
  accounts.set("bob", { id: 1, password: "his own" });
  await expect(signUpDemoPeople(url)).rejects.toThrow("bob is taken and has another password");
});
