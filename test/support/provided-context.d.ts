import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** What the Worker under test gets as its environment. */
    workerBindings: Record<string, string>;
  }
}
