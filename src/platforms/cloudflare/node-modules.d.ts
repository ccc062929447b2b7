/** The few things taken from the runtime's Node compatibility; its whole types would hide what a Worker lacks. */
declare module "node:crypto" {
  // eslint-disable-next-line typescript/consistent-type-imports -- an import would make this file a module
  export const scrypt: import("../../adapters/scrypt/password-hasher.ts").Scrypt;
  export function createHmac(
    algorithm: "sha256",
    key: Uint8Array,
  ): { update(data: Uint8Array): { digest(): Uint8Array } };
}

declare module "node:async_hooks" {
  export class AsyncLocalStorage<T> {
    run<R>(store: T, work: () => R): R;
    getStore(): T | undefined;
  }
}
