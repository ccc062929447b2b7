import { createApp } from "../../http/app.ts";
import { createPorts } from "./ports.ts";

export { UserHub } from "./user-hub.ts";

type App = ReturnType<typeof createApp>;

/** Made at the first request: it remembers people and rates for as long as the isolate lives. */
let app: App | undefined;

export default {
  async fetch(request, env): Promise<Response> {
    app ??= createApp(createPorts(env, "worker"), { clientAddress });
    return app.fetch(request, env);
  },
} satisfies ExportedHandler<Env>;

/** Cloudflare sets this header itself, over whatever a client sends. */
function clientAddress(request: Request): string | null {
  return request.headers.get("cf-connecting-ip");
}
