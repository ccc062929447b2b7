/** Settings a deployment may leave out; `worker-configuration.d.ts` holds those it must have. */
interface OptionalSettings {
  PUBLIC_URL?: string;
  AUTH_JWKS_URL?: string;
  AUTH_ISSUER?: string;
  AUTH_AUDIENCE?: string;
  AUTH_USER_CLAIM?: string;
  LIMITS?: string;
  /** Only local platforms and tests set it: where to post SQL instead of Neon. */
  NEON_FETCH_ENDPOINT?: string;
}

interface Env extends OptionalSettings {}

declare namespace Cloudflare {
  interface Env extends OptionalSettings {}
}
