import { describe, expect, it } from "vitest";
import { bob } from "../../support/sample.ts";
import { deliver, openHouse, openSocket, start, useHubFiles, type House } from "./house-rig.ts";

const newFile = useHubFiles();

describe("a hub that nobody needs", () => {
  it("is forgotten, and whoever comes back resumes [HUB-1] [RESUME-1]", async () => {
    const place = openHouse(newFile());
    const first = await place.connect();
    await deliver(place, 1);
    const hub = await place.house.here(bob.id);
    place.house.evict();
    expect(await place.house.here(bob.id)).toBe(hub);
    first.connection.acknowledge(1);
    first.connection.close(1000);
    await place.pass(10_000);
    await place.pass(10_000);
    expect(place.delivered).toEqual([[101]]);
    expect(place.left).toEqual([bob.id]);
    await place.pass(21_000);
    place.house.evict();
    expect(await place.house.here(bob.id)).not.toBe(hub);
    await deliver(place, 2);
    const second = await place.connect(first.lastId());
    expect([second.kinds(), second.texts()]).toEqual([["event", "ready"], ["message 2"]]);
    await place.stop();
  });

  it("is kept while it has something to do", async () => {
    const place = openHouse(newFile());
    const { connection } = await place.connect();
    connection.close(1000);
    await place.settle();
    const hub = await place.house.here(bob.id);
    place.house.evict();
    // It waits to see whether its user comes back (PRES-5).
    expect(await place.house.here(bob.id)).toBe(hub);
    await place.stop();
  });
});

describe("the next process", () => {
  it("goes on where the last one was [HUB-1] [HUB-4]", async () => {
    const file = newFile();
    const before = openHouse(file);
    const first = await before.connect();
    await deliver(before, 1);
    await before.stop();
    expect(first.codes).toEqual([1001]);
    const after = openHouse(file);
    await deliver(after, 1);
    await deliver(after, 2);
    const second = await after.connect(first.lastId());
    expect(second.texts()).toEqual(["message 2"]);
    expect(await after.hubs.redeemTicket(bob.id, "t", start / 1_000)).toBe(true);
    await after.stop();
  });

  it("notices that those who were there are not [PRES-1] [PRES-5]", async () => {
    const file = newFile();
    const before = openHouse(file);
    await before.connect();
    await before.stop();
    const after = openHouse(file);
    await after.house.resume();
    expect(after.isOnline()).toBe(true);
    await after.pass(5_000);
    expect([after.isOnline(), after.left]).toEqual([false, [bob.id]]);
    await after.stop();
  });

  it("finds a ticket used that the last one took [AUTH-2]", async () => {
    const file = newFile();
    const before = openHouse(file);
    const redeem = (place: House) => place.hubs.redeemTicket(bob.id, "t", start / 1_000 + 30);
    expect(await redeem(before)).toBe(true);
    await before.stop();
    const after = openHouse(file);
    expect(await redeem(after)).toBe(false);
    await after.stop();
  });
});

describe("when the server stops", () => {
  it("every connection is closed with 1001, and there are no hubs any more", async () => {
    const place = openHouse(newFile());
    const stream = await place.connect();
    const socket = await openSocket(place);
    await place.settle();
    expect(socket.types()).toEqual(["connection_established", "reset", "ready"]);
    await place.stop();
    expect([stream.codes, socket.codes]).toEqual([[1001], [1001]]);
    await expect(place.connect()).rejects.toMatchObject({ code: "hub-unavailable" });
  });
});

describe("when the file cannot keep what happened", () => {
  it("nobody is told of it, connections end, and the next try tells [HUB-3]", async () => {
    const file = newFile();
    const place = openHouse(file);
    const stream = await place.connect();
    const socket = await openSocket(place);
    await deliver(place, 1);
    const delivery = deliver(place, 2);
    while (!place.raw.inTransaction) await Promise.resolve();
    // What SQLite does by itself when a disk is full.
    place.raw.run("ROLLBACK");
    await place.pass(100);
    await delivery;
    expect([stream.texts(), stream.codes]).toEqual([["message 1"], [1001]]);
    expect(socket.codes).toEqual([1001]);
    const again = await place.connect(stream.lastId());
    expect(again.texts()).toEqual(["message 2"]);
    await place.stop();
  });

  it("a connection that was to be closed just then is closed, too", async () => {
    const place = openHouse(newFile());
    const stream = await place.connect();
    const delivery = deliver(place, 1);
    while (!place.raw.inTransaction) await Promise.resolve();
    stream.connection.close(1000);
    expect(stream.codes).toEqual([]);
    place.raw.run("ROLLBACK");
    await place.pass(100);
    await delivery;
    expect(stream.codes).toEqual([1001]);
    await place.stop();
  });
});
