import { DurableObject } from "cloudflare:workers";

// What Durable Objects cost by themselves: each person's sockets end in an object, which hands a message on to the other
// person's object and then answers. Nothing is checked, numbered, stored or counted.

interface RelayEnv {
  RELAY: DurableObjectNamespace<Relay>;
}

interface Frame {
  type: string;
  recipient_id: number;
  text: string;
}

export class Relay extends DurableObject<RelayEnv> {
  override fetch(): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    server.send('{"type":"ready","status":"relayed"}');
    return new Response(null, { status: 101, webSocket: client });
  }

  override async webSocketMessage(socket: WebSocket, data: string): Promise<void> {
    const { type, recipient_id: recipientId, text } = JSON.parse(data) as Frame;
    if (type !== "message") return;
    await this.env.RELAY.getByName(String(recipientId)).deliver(text);
    socket.send(JSON.stringify({ type: "message_sent", text }));
  }

  deliver(text: string): void {
    const frame = JSON.stringify({ type: "new_message", text });
    for (const socket of this.ctx.getWebSockets()) socket.send(frame);
  }

  override webSocketClose(socket: WebSocket): void {
    socket.close();
  }
}

export default {
  fetch(request: Request, env: RelayEnv): Promise<Response> {
    const person = new URL(request.url).searchParams.get("token") ?? "";
    return env.RELAY.getByName(person).fetch(request);
  },
};
