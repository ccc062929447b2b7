/** What Parley asks of a Redis client. Bun's client is one as it is; others need a line. */
export interface RedisClient {
  /** Resolves with the reply, strings undecoded; errors MUST NOT hold the command or the address. */
  send(command: string, args: string[]): Promise<unknown>;
}

/** For diagnostics: a short word, or an error. */
export async function checkRedis(client: RedisClient): Promise<string> {
  const reply = await client.send("PING", []);
  if (reply !== "PONG") throw new Error("Redis gave an unexpected answer");
  return "answers";
}
