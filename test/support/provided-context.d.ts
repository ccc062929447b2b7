import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** What the Worker under test gets as its environment. */
    workerBindings: Record<string, string>;
    /** The file with an embedded Postgres that has every table, for `loadDataDir`. */
    embeddedTemplate: string;
  }
}
