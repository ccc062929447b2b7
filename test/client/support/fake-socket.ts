export type Frame = { type: string } & Record<string, unknown>;

/** The server's end of a socket, in the test's hands. */
export interface FakeSocket extends EventTarget {
  readonly url: string;
  readyState: number;
  /** What the client sent, as it was sent. */
  readonly sent: string[];
  /** The same without pings, read. */
  frames(): Frame[];
  send(text: string): void;
  close(): void;
  /** The handshake succeeds. */
  accept(userId?: number): void;
  say(frame: Frame | string): void;
  /** The server, or the network, ends it. */
  end(code: number): void;
}

export function createFakeSocket(url: string): FakeSocket {
  const sent: string[] = [];
  const target = new EventTarget();
  const socket = Object.assign(target, {
    url,
    readyState: 0,
    sent,
    frames: () =>
      sent.map((text) => JSON.parse(text) as Frame).filter(({ type }) => type !== "ping"),
    send(text: string) {
      if (socket.readyState !== 1) throw new Error("The socket is not open");
      sent.push(text);
    },
    close() {
      socket.readyState = 3;
    },
    accept(userId = 7) {
      socket.readyState = 1;
      target.dispatchEvent(new Event("open"));
      socket.say({ type: "connection_established", user_id: userId });
    },
    say(frame: Frame | string) {
      const data = typeof frame === "string" ? frame : JSON.stringify(frame);
      target.dispatchEvent(new MessageEvent("message", { data }));
    },
    end(code: number) {
      socket.readyState = 3;
      target.dispatchEvent(new CloseEvent("close", { code }));
    },
  });
  return socket;
}
