import type { Session } from "../usecases/authenticate.ts";

declare module "hono" {
  interface ContextVariableMap {
    requestId: string;
    /** Who is asking; only on routes behind `signedIn`. */
    session: Session;
  }
}

export interface AppOptions {
  /** Where a request comes from, as the platform knows it; headers that a client can set do not count. */
  clientAddress?: (request: Request) => string | null;
  /** Whether the platform's own guard lets one more attempt from this address pass; asked where guessing would pay. */
  admit?: (address: string) => Promise<boolean>;
}
