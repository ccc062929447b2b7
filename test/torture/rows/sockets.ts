import { setTimeout as pause } from "node:timers/promises";
import type { HandshakeAnswer } from "../../support/raw-handshake.ts";
import { openRawStream } from "../../support/raw-stream.ts";
import { inParallel } from "../../support/send-load.ts";
import { gather } from "../crowd.ts";
import { noiseFloor, p99, slowest } from "../figures.ts";
import type { Row } from "../row.ts";
import { isSight } from "../sight.ts";
import {
  countOf,
  growthBehind,
  medianP99,
  playBlock,
  readOn,
  sendBig,
  stopReading,
  type Block,
} from "../slow-reader.ts";
import { typingOf } from "../typing-probe.ts";
import { trickle } from "../wire-faults.ts";

/** Connections that are slow, dead or cut, and frames that come at the wrong time. */
export const socketRows: Row[] = [
  {
    id: "T20",
    fault: "one of twenty sockets stops reading",
    how: "4,000 messages of 8 KiB instead of 12,000 for the memory, after 5,000 (15,000 under Bun) that let the heap find its size; then sixteen blocks of 60 messages, and a socket stops reading in half of them; p99 is of what the others see, and the median of the blocks'",
    async run(scene) {
      const { world } = scene;
      // Who never acknowledges is cut off after 4 MiB.
      const crowd = await gather(scene, { users: 4, options: { acknowledges: true } });
      const [pair, pairAlone] = crowd.pairs;
      if (!pair || !pairAlone) throw new Error("nobody is there");
      scene.measure(
        "memory while 32 MiB pass one that stopped",
        await growthBehind(scene, pairAlone),
        {
          atMost: 20,
          unit: "MiB more",
        },
      );
      const { person } = pair[1];
      const others = Array.from({ length: 18 }, () => scene.watch(person, "messaging"));
      await Promise.all(others.map((viewer) => viewer.whenLive()));
      await sendBig(scene, pair, { count: 200 });
      const found = { calm: [] as Block[], slow: [] as Block[] };
      const slow: HandshakeAnswer[] = [];
      for (let round = 0; round < 8; round += 1) {
        const order = round % 2 === 0 ? (["calm", "slow"] as const) : (["slow", "calm"] as const);
        for (const kind of order) {
          if (kind === "slow") slow.push(await stopReading(world.server, person));
          found[kind].push(await playBlock(scene, pair, others));
        }
      }
      const ends = await Promise.all(slow.map(readOn));
      scene.measure("of those that stopped, closed with 4008", countOf(ends, 4008), {
        atLeast: slow.length,
      });
      const most = slowest(ends.map(({ bytes }) => bytes)) / 1_024;
      scene.measure("what one of them was sent, at most", most, { atMost: 256 + 24, unit: "KiB" });
      const calmP99 = medianP99(found.calm);
      scene.measure("the others' p99 in a calm block", calmP99, { unit: "ms" });
      const floor = noiseFloor(found.calm.map(({ times }) => p99(times)));
      scene.measure("noise floor", floor, { unit: "ms" });
      scene.measure("the others' p99 in another", medianP99(found.slow), {
        atMost: 1.2 * calmP99 + floor,
        unit: "ms",
      });
      await scene.heal();
      const cut = [...crowd.viewers, ...others].flatMap((viewer) => viewer.ends);
      scene.measure("other connections that ended", cut.length, { atMost: 0 });
    },
  },
  {
    id: "T22",
    fault: "half-open: nothing passes any more and nobody is told; then bytes trickle",
    how: "a fifteenth of the times: a beat of 2 s instead of 30, staleness of 5 s instead of 75, a client's patience of 3 s instead of 45; whether a dead event stream is there, only TCP tells",
    async run(scene) {
      const { world } = scene;
      const options = {
        url: world.front.url.replace(/\/$/, ""),
        silenceMs: 3_000,
        pingMs: 800,
        pauseMs: () => 100,
      };
      const crowd = await gather(scene, { users: 8, options });
      await crowd.load({ seconds: 1, perSecond: 20, readsPerSecond: 0 });
      // A socket that never pinged counts for as long as it is open.
      await pause(2_500);
      world.front.strand();
      const stranded = performance.now();
      const body = (index: number) => ({ message: "in between", client_id: `t22-${index}` });
      await Promise.all(
        crowd.pairs.map(([one, other], index) =>
          one.person.post("chats/", { receiver_id: other.person.id, ...body(index) }),
        ),
      );
      while (crowd.viewers.some(({ connects }) => connects.length < 2)) {
        if (performance.now() - stranded > 30_000) break;
        await pause(50);
      }
      scene.measure(
        "all clients noticed and resumed after",
        (performance.now() - stranded) / 1_000,
        {
          atMost: 4,
          unit: "s",
        },
      );
      await scene.heal();

      // Those on sockets, which have pinged, fall silent for good; the server takes them for absent.
      await pause(2_500);
      const silent = crowd.viewers.filter(({ surface }) => surface !== "sse");
      world.front.strand();
      for (const viewer of crowd.viewers) viewer.leave();
      const ids = silent.map(({ person }) => person.id);
      const left = performance.now();
      const online = async (): Promise<number> => {
        const lists = await Promise.all(
          crowd.viewers
            .filter(({ surface }) => surface === "sse")
            .map(({ person }) => person.get<{ online_users: number[] }>("chats/online-users/")),
        );
        return lists.flatMap(({ online_users: all }) => all).filter((id) => ids.includes(id))
          .length;
      };
      while ((await online()) > 0 && performance.now() - left < 30_000) await pause(250);
      scene.measure("silent sockets count as absent after", (performance.now() - left) / 1_000, {
        atMost: 10,
        unit: "s",
      });
      world.front.distort(trickle(400, 5));
      for (const viewer of crowd.viewers) viewer.comeBack();
      await Promise.all(crowd.viewers.map((viewer) => viewer.whenLive()));
      await crowd.load({ seconds: 1, perSecond: 20, readsPerSecond: 0 });
      await scene.heal();
    },
  },
  {
    id: "T23",
    fault: "event streams end by FIN and by RST",
    how: "a beat is 2 s instead of 30, as the SSE document has it; the runtime tells of a FIN at the next write only",
    needs: "hub-insight",
    async run(scene) {
      const { world } = scene;
      const people = await scene.people(20);
      const took: Record<"FIN" | "RST", number[]> = { FIN: [], RST: [] };
      await inParallel(10, people, async (person, index) => {
        const way = index % 2 === 0 ? "FIN" : "RST";
        const stream = await openRawStream(world.server, person);
        await stream.waitFor("event: ready");
        const order = { op: "sockets", ids: [person.id] };
        scene.expect((await world.order<number[]>(order))[0] === 1, "there is no socket to end");
        const ended = performance.now();
        if (way === "FIN") stream.close();
        else stream.reset();
        while ((await world.order<number[]>(order))[0] !== 0) {
          if (performance.now() - ended > 30_000) break;
          await pause(50);
        }
        took[way].push(performance.now() - ended);
      });
      const [fin, rst] = [slowest(took.FIN) / 1_000, slowest(took.RST) / 1_000];
      scene.measure("socket gone after a FIN, a beat of 2 s", fin, { atMost: 2.5, unit: "s" });
      scene.measure("socket gone after a RST", rst, { atMost: 1, unit: "s" });
    },
  },
  {
    id: "T25",
    fault: "mark-read, acknowledgements and typing come twice and in the wrong order",
    isShort: true,
    async run(scene) {
      const { world, dice } = scene;
      const crowd = await gather(scene, { users: 8, options: { acknowledges: false } });
      await crowd.load({ seconds: 2, perSecond: 40, readsPerSecond: 0 });
      await Promise.all(
        crowd.viewers.map(async (viewer) => {
          const ids = viewer.sights.flatMap(({ eventId }) => eventId ?? []);
          for (const id of dice.shuffle([...ids, ...ids]).slice(0, 80)) {
            viewer.send({ type: "ack", event_id: id });
          }
          const received = viewer.sights
            .filter(isSight("message"))
            .filter(({ message }) => message.sender !== viewer.person.id)
            .map(({ message }) => message.id);
          const marks = dice.shuffle([...received, ...received]).slice(0, 30);
          await Promise.all(
            marks.map((id) => viewer.person.post("chats/mark-read/", { message_ids: [id] })),
          );
        }),
      );
      await scene.heal();
      const receipts = crowd.viewers.flatMap(({ sights }) => sights).filter(isSight("receipt"));
      scene.measure("receipts seen", receipts.length, { atLeast: 50 });

      // They stop typing, and the older "types" comes after it.
      const typed = performance.now();
      await Promise.all(
        crowd.pairs.flatMap(([one, other]) =>
          [true, false, true].map((isTyping) =>
            one.person.post("chats/typing/", { receiver_id: other.person.id, is_typing: isTyping }),
          ),
        ),
      );
      await pause(300);
      for (const viewer of crowd.viewers) viewer.drop();
      await Promise.all(crowd.viewers.map((viewer) => viewer.whenLive()));
      await pause(300);
      const late = crowd.viewers
        .flatMap((viewer) => typingOf(viewer).map(({ at, connection }) => ({ at, connection })))
        .filter(({ at, connection }) => connection > 0 || at > typed + 1_000);
      scene.measure("typing that was told again or late", late.length, { atMost: 0 });
      scene.expect((await world.truth.regressions()).length === 0, "a receipt went back");
    },
  },
  {
    id: "T34",
    fault: "client and server of different ages: unknown events, frames and fields, both ways",
    how: "the hub says what no server says yet; an older hub's memory is without its newest fields",
    needs: "hub-faults",
    async run(scene) {
      const { world } = scene;
      const crowd = await gather(scene, { users: 16 });
      const running = crowd.load({ seconds: 4, perSecond: 30 });
      const strange = { type: "poll_opened", poll: { id: 1 }, options: ["a"] };
      for (let round = 0; round < 6; round += 1) {
        const says = crowd.viewers.filter(({ surface }) => surface !== "sse");
        const ids = says.map(({ person }) => person.id);
        const trouble = { kind: "say", text: JSON.stringify(strange) };
        await world.order({ op: "suffer", ids, trouble });
        for (const viewer of says) {
          viewer.send({ type: "vote", poll_id: 1 });
          viewer.send({ type: "ping", colour: "blue" });
        }
        await pause(400);
      }
      await world.order({
        op: "suffer",
        ids: crowd.ids,
        trouble: { kind: "spoil", column: "memory" },
      });
      await running;
      const [one, other] = crowd.pairs[0] ?? [];
      if (!one || !other) throw new Error("nobody is there");
      const body = {
        receiver_id: other.person.id,
        message: "new",
        client_id: "t34",
        reply_to: 5,
        effects: {},
      };
      const answer = await one.person.call("chats/", { body });
      scene.expect(answer.status === 201, `unknown fields were answered ${answer.status}`);
      await answer.text();
      await scene.heal();
      const internal = crowd.viewers.flatMap(({ ends }) => ends).filter((code) => code === 4400);
      scene.measure("sockets closed for frames of a later version", internal.length, { atMost: 0 });
    },
  },
];
