import type { Row } from "../row.ts";
import { clientRows } from "./clients.ts";
import { crashRows } from "./crash.ts";
import { fileRows } from "./files.ts";
import { hubRows } from "./hub.ts";
import { postgresCrashRows } from "./postgres-crash.ts";
import { postgresRows } from "./postgres.ts";
import { redisRows } from "./redis.ts";
import { resumeRows } from "./resume.ts";
import { sendingRows } from "./sending.ts";
import { soakRows } from "./soak.ts";
import { socketRows } from "./sockets.ts";
import { stormRows } from "./storms.ts";

const numberOf = ({ id }: Row): number => Number(id.slice(1));

/** In the order of their numbers. */
export const allRows: Row[] = [
  ...clientRows,
  ...crashRows,
  ...fileRows,
  ...hubRows,
  ...postgresCrashRows,
  ...postgresRows,
  ...redisRows,
  ...resumeRows,
  ...sendingRows,
  ...soakRows,
  ...socketRows,
  ...stormRows,
].toSorted((a, b) => numberOf(a) - numberOf(b));
