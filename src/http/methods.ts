import type { Context, Hono, MiddlewareHandler } from "hono";
import { TrieRouter } from "hono/router/trie-router";
import { ChatError } from "../protocol/error.ts";

/** Only what a cache or a browser asks for without a body may be asked for so. */
const answersHead =
  /^\/(api\/docs|api\/openapi\.json|health|api\/v1\/communication\/attachments\/)/;

/** Reading a conversation marks it as delivered: a question without an answer must not (METHOD-1). */
export const guardHead: MiddlewareHandler = async (c, next) => {
  if (c.req.method === "HEAD" && !answersHead.test(c.req.path)) return refuse(c, ["GET"]);
  await next();
};

/** A known path with another method is 405; everything else that is not there is one and the same 404 (METHOD-1, PRIV-1). */
export function createNotFoundHandler(app: Pick<Hono, "routes">): (c: Context) => never {
  let router: TrieRouter<string> | undefined;
  return (c) => {
    router ??= routerOf(app.routes);
    const known = router;
    const allowed = methods.filter((method) => known.match(method, c.req.path)[0].length > 0);
    if (allowed.length > 0) return refuse(c, allowed);
    throw new ChatError("not-found");
  };
}

const methods = ["GET", "POST", "PUT", "DELETE", "PATCH"];

function routerOf(routes: { method: string; path: string }[]): TrieRouter<string> {
  const router = new TrieRouter<string>();
  for (const { method, path } of routes) {
    if (methods.includes(method)) router.add(method, path, path);
  }
  return router;
}

function refuse(c: Context, allowed: string[]): never {
  c.header("Allow", [...allowed, "OPTIONS"].join(", "));
  throw new ChatError("method-not-allowed");
}
