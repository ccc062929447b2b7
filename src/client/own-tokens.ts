import { subjectOf } from "./cache-name.ts";
import { createTokens } from "./tokens.ts";
import type { GetToken } from "./tokens.ts";

/** The tokens of whoever is signed in at first: what they wrote must never go out in someone else's name. */
export function createOwnTokens(getToken: GetToken): GetToken {
  const tokens = createTokens(getToken);
  let owner: string | null = null;
  return async (options) => {
    const token = await tokens(options);
    const subject = token === null ? null : subjectOf(token);
    owner ??= subject;
    return subject === owner ? token : null;
  };
}
