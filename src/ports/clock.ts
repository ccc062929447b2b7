/** Milliseconds since 1970. Nothing else may ask for the time. */
export interface Clock {
  now(): number;
}
