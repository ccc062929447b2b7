import type { Context } from "hono";
import type { Ports } from "../ports/index.ts";
import { baseUrl } from "./links.ts";

export interface Page<Row> {
  results: Row[];
  /** An absolute link; null on the last page. */
  next: string | null;
  previous: null;
}

/** Where the page goes on, with what the caller asked for beside the cursor. */
export function linkToNext(
  ports: Pick<Ports, "config">,
  c: Context,
  query: Record<string, string | number | undefined>,
): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  const path = c.req.path.replace(/\/*$/, "/");
  return `${baseUrl(ports, c.req.raw)}${path}?${search}`;
}
