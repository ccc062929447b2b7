/** The signed-in person's token; asked again, with `refresh`, when the server refused the last one. Null: nobody. */
export type GetToken = (options: { refresh: boolean }) => string | null | Promise<string | null>;

/** The same, but whoever wants it renewed while it is being renewed gets that answer. */
export function createTokens(getToken: GetToken): GetToken {
  let renewing: Promise<string | null> | null = null;
  return async ({ refresh }) => {
    if (!refresh) return renewing ?? getToken({ refresh });
    renewing ??= Promise.resolve(getToken({ refresh })).finally(() => {
      renewing = null;
    });
    return renewing;
  };
}

/** Another token than the refused one; null where there is none. */
export async function renewToken(getToken: GetToken, refused: string): Promise<string | null> {
  const present = await getToken({ refresh: false });
  if (present === null || present !== refused) return present;
  const renewed = await getToken({ refresh: true });
  return renewed === refused ? null : renewed;
}
