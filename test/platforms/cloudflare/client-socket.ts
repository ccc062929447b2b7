type Frame = Record<string, unknown>;

/** The client's end of a socket inside the runtime, and all that it heard. */
export interface ClientSocket {
  readonly frames: Frame[];
  /** With the close code. */
  readonly closed: Promise<number>;
  isOpen(): boolean;
  send(data: string | Uint8Array): void;
  /** The first frame that fits, among those that came and those to come. */
  wait(fits: (frame: Frame) => boolean): Promise<Frame>;
  /** Its pong comes after the answers to everything that was said before. */
  ping(ref: string): Promise<Frame>;
  close(): void;
}

export function createClientSocket(socket: WebSocket): ClientSocket {
  const frames: Frame[] = [];
  const looks = new Set<() => void>();
  const { promise: closed, resolve } = Promise.withResolvers<number>();
  socket.addEventListener("message", ({ data }) => {
    frames.push(JSON.parse(String(data)) as Frame);
    for (const look of looks) look();
  });
  socket.addEventListener("close", ({ code }) => resolve(code));
  socket.accept();
  const self: ClientSocket = {
    frames,
    closed,
    isOpen: () => socket.readyState === WebSocket.OPEN,
    send: (data) => socket.send(data),
    async wait(fits) {
      const { promise, resolve: found } = Promise.withResolvers<Frame>();
      const look = (): void => {
        const frame = frames.find(fits);
        if (frame) found(frame);
      };
      looks.add(look);
      look();
      const frame = await promise;
      looks.delete(look);
      return frame;
    },
    ping(ref) {
      socket.send(JSON.stringify({ type: "ping", ref }));
      return self.wait((frame) => frame["ref"] === ref);
    },
    close() {
      if (self.isOpen()) socket.close(1000);
    },
  };
  return self;
}
