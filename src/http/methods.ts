import type { Context, Hono, MiddlewareHandler } from "hono";
import { TrieRouter } from "hono/router/trie-router";
import { ChatError } from "../protocol/error.ts";

/** Only what a cache or a browser asks for without a body may be asked for so. */
const answersHead =
  /^\/(api\/docs|api\/openapi\.json|health|api\/v1\/communication\/attachments\/)/;

const methods = ["GET", "POST", "PUT", "DELETE", "PATCH"];

export interface MethodGuards {
  guardHead: MiddlewareHandler;
  notFound: (c: Context) => never;
}

/** A known path with another method is 405; everything else that is not there is one and the same 404 (METHOD-1, PRIV-1). */
export function createMethodGuards(app: Pick<Hono, "routes">): MethodGuards {
  let router: TrieRouter<string> | undefined;

  function notFound(c: Context): never {
    // Only by the first request are all routes known.
    router ??= routerOf(app.routes);
    const known = router;
    const allowed = methods.filter((method) => known.match(method, c.req.path)[0].length > 0);
    if (allowed.length === 0) throw new ChatError("not-found");
    const head = allowed.includes("GET") && answersHead.test(c.req.path) ? ["HEAD"] : [];
    c.header("Allow", [...allowed, ...head, "OPTIONS"].join(", "));
    throw new ChatError("method-not-allowed");
  }

  return {
    // Reading a conversation marks it as delivered: a question without an answer must not (METHOD-1).
    guardHead: async (c, next) => {
      if (c.req.method === "HEAD" && !answersHead.test(c.req.path)) notFound(c);
      await next();
    },
    notFound,
  };
}

function routerOf(routes: { method: string; path: string }[]): TrieRouter<string> {
  const router = new TrieRouter<string>();
  for (const { method, path } of routes) {
    if (methods.includes(method)) router.add(method, path, path);
  }
  return router;
}
