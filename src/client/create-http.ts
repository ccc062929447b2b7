import type { Environment } from "./environment.ts";
import { offline, sendExchange, type Exchange, type RawAnswer } from "./exchange.ts";
import { ApiError, type Http, type HttpAnswer, type HttpRequest } from "./http.ts";
import { readProblem } from "./problem.ts";
import { renewToken, type GetToken } from "./tokens.ts";

export interface HttpOptions {
  /** Where Parley is, with or without a slash at its end. */
  url: string;
  getToken: GetToken;
  environment: Environment;
}

/** A refused token is renewed once, and the request repeated with the new one. */
export function createHttp({ url, getToken, environment }: HttpOptions): Http {
  const base = url.replace(/\/+$/, "");

  async function exchange(request: HttpRequest): Promise<RawAnswer> {
    const token = await ask(() => getToken({ refresh: false }));
    if (token === null) throw signedOut();
    const answer = await sendExchange(environment, prepare(base, request, token));
    if (answer.status !== 401) return answer;
    const renewed = await ask(() => renewToken(getToken, token));
    if (renewed === null) return answer;
    return sendExchange(environment, prepare(base, request, renewed));
  }

  return {
    async request<T>(request: HttpRequest): Promise<HttpAnswer<T>> {
      const answer = await exchange(request);
      const { status, headers } = answer;
      if (status < 200 || status > 299) throw readProblem(answer, environment.now());
      return { data: parseAnswer(answer) as T, status, headers };
    },
  };
}

/** A page that cannot be asked for its token just now is in the same place as one without a network. */
async function ask<T>(question: () => T | Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (cause) {
    throw offline(cause);
  }
}

function signedOut(): ApiError {
  return new ApiError("unauthorized", "Nobody is signed in", { status: 401 });
}

function prepare(base: string, request: HttpRequest, token: string): Exchange {
  const { method, path, query, body, signal, onProgress } = request;
  const headers = new Headers(request.headers);
  headers.set("Authorization", `Bearer ${token}`);
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers.set("Content-Type", "application/json");
  return {
    url: `${base}${path}${formatQuery(query)}`,
    method,
    headers,
    body: body === undefined ? null : isForm ? body : JSON.stringify(body),
    signal,
    onProgress,
  };
}

function formatQuery(query: HttpRequest["query"] = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length > 0 ? `?${new URLSearchParams(given).toString()}` : "";
}

/** A success in anything but JSON comes from a network that wants the person to sign in to it first. */
function parseAnswer({ status, text }: RawAnswer): unknown {
  if (status === 204) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw offline(cause);
  }
}
