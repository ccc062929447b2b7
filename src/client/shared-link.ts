import type { ClientEvent } from "./client-event.ts";
import type { ConnectionState } from "./connection.ts";
import type { Environment } from "./environment.ts";
import type { EventTrail } from "./event-trail.ts";
import type { LinkKeeper } from "./link-keeper.ts";
import type { Writable } from "./readable.ts";
import type { Tabs } from "./tabs.ts";

export interface SharedLinkOptions {
  tabs: Tabs;
  environment: Pick<Environment, "random">;
  trail: EventTrail;
  state: Writable<ConnectionState>;
  keeper: LinkKeeper;
  deliver(event: ClientEvent): void;
}

/** What this tab does for the browser's one link: it has it, or listens to the tab that has. */
export interface TabRole {
  /** An event was delivered here. */
  tell(event: ClientEvent): void;
  reconnect(): void;
  close(): void;
}

interface Question {
  from: string;
  cursor: string | null;
}

interface Answer {
  to: string;
  state: ConnectionState;
  events: ClientEvent[];
}

/** What tabs say to each other, by topic. */
interface Said {
  /** A new tab leads. */
  lead: null;
  /** A listening tab wants to know what it missed. */
  ask: Question;
  answer: Answer;
  event: ClientEvent;
  state: ConnectionState;
  reconnect: null;
}

export function shareLink(options: SharedLinkOptions): TabRole {
  const { tabs, state, keeper } = options;
  const leads = (): boolean => tabs.leads.get();
  const say = sayIn(tabs);
  const listener = listenToLeader(options);

  function takeRole(): void {
    keeper.stop();
    if (!leads()) return listener.ask();
    say("lead", null);
    keeper.start();
  }

  const stops = [
    hear(tabs, "ask", (question) => leads() && say("answer", answer(options, question))),
    hear(tabs, "reconnect", () => leads() && keeper.reconnect()),
    state.subscribe(() => leads() && say("state", state.get())),
    tabs.leads.subscribe(takeRole),
    listener.stop,
  ];
  takeRole();

  return {
    tell: (event) => leads() && say("event", event),
    reconnect: () => (leads() ? keeper.reconnect() : say("reconnect", null)),
    close() {
      for (const stop of stops) stop();
    },
  };
}

function answer({ trail, state }: SharedLinkOptions, { from, cursor }: Question): Answer {
  const events = trail.from(cursor);
  const at = trail.cursor();
  if (state.get().status === "online") {
    events.push({ type: "ready", ...(at !== null && { cursor: at }) });
  }
  return { to: from, state: state.get(), events };
}

function listenToLeader(options: SharedLinkOptions): { ask(): void; stop(): void } {
  const { tabs, trail, state, deliver } = options;
  const listens = (): boolean => !tabs.leads.get();
  const from = String(options.environment.random());
  /** Until the answer comes, whatever is told is not the next event: the answer has it too. */
  let isAsking = false;

  function ask(): void {
    isAsking = true;
    sayIn(tabs)("ask", { from, cursor: trail.cursor() });
  }

  function learn({ to, state: told, events }: Answer): void {
    if (to !== from || !isAsking) return;
    isAsking = false;
    for (const event of events) deliver(event);
    state.set(told);
  }

  const stops = [
    hear(tabs, "lead", () => listens() && ask()),
    hear(tabs, "answer", (answer) => listens() && learn(answer)),
    hear(tabs, "state", (told) => listens() && state.set(told)),
    hear(tabs, "event", (event) => {
      if (listens() && (!isAsking || event.cursor === undefined)) deliver(event);
    }),
  ];
  return {
    ask,
    stop() {
      for (const stop of stops) stop();
    },
  };
}

function sayIn(tabs: Tabs): <Topic extends keyof Said>(topic: Topic, data: Said[Topic]) => void {
  return (topic, data) => tabs.post(`link.${topic}`, data);
}

function hear<Topic extends keyof Said>(
  tabs: Tabs,
  topic: Topic,
  listener: (data: Said[Topic]) => unknown,
): () => void {
  return tabs.on(`link.${topic}`, (data) => void listener(data as Said[Topic]));
}
