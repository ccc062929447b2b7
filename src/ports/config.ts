import type { Limits } from "../protocol/limits.ts";

export interface Config {
  limits: Limits;
  /** Standalone sign-up and login. */
  accounts: boolean;
  /** `?token=` on the stream URLs. */
  queryToken: boolean;
  /** Exact origins, or with `*` for one label or port. */
  allowedOrigins: string[];
  /** Where clients reach this server; null means as each request says. */
  publicUrl: string | null;
  /** Null switches the service endpoints off. */
  serviceKey: string | null;
  version: string;
}
