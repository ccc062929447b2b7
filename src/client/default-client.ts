import { createBrowserEnvironment } from "./browser-environment.ts";
import { cacheNameOf } from "./cache-name.ts";
import { createChatAPI, type ChatAPI } from "./chat-api.ts";
import type { ChatClient, ChatClientOptions } from "./chat-client.ts";
import { createChatClient } from "./create-chat-client.ts";
import { createHttp } from "./create-http.ts";
import type { Http } from "./http.ts";
import { createMessagingAPI, type MessagingAPI } from "./messaging-api.ts";
import { noteSends } from "./own-sends.ts";
import { createTokens } from "./tokens.ts";

/** What a page says once for all that it imports; all of it may be left out. */
export type DefaultChatOptions = Partial<ChatClientOptions>;

let configured: DefaultChatOptions = {};
let http: Http | null = null;
let chat: { client: ChatClient; owner: string } | null = null;

/**
 * Where the chat is and whose; without it, this page's own origin and the `authToken` in localStorage. A default client that
 * was made before is closed.
 */
export function configureChat(options: DefaultChatOptions): void {
  chat?.client.close();
  configured = options;
  [http, chat] = [null, null];
}

/**
 * The page's one client, made and begun at the first call; another once the `authToken` is someone else's. Throws where there
 * is neither a page nor a url.
 */
export function defaultChat(): ChatClient {
  const options = defaultOptions();
  const owner = cacheNameOf(options.url, configured.getToken ? null : readAuthToken());
  if (chat && chat.owner !== owner) {
    // Closing tells its readers, who may be drawing right now.
    queueMicrotask(chat.client.close);
    chat = null;
  }
  chat ??= { client: createChatClient(options), owner };
  return chat.client;
}

/** What the page configured, filled up. Throws where there is neither a page nor a url. */
export function defaultOptions(): ChatClientOptions & { url: string } {
  const { url = ownOrigin(), getToken = readAuthToken } = configured;
  return { ...configured, url, getToken };
}

function ownOrigin(): string {
  const { location } = globalThis;
  if (!location) throw new Error("Say where the chat is: configureChat({ url })");
  return location.origin;
}

/** Read each time: someone else may have signed in. */
function readAuthToken(): string | null {
  try {
    return globalThis.localStorage?.getItem("authToken") || null;
  } catch {
    return null;
  }
}

/** Made at the first request, so that importing the functions needs no browser. */
const lazyHttp: Http = {
  request(request) {
    if (!http) {
      const { url, getToken } = defaultOptions();
      const environment = createBrowserEnvironment();
      http = createHttp({ url, getToken: createTokens(getToken), environment });
    }
    return http.request(request);
  },
};

export const chatAPI: ChatAPI = noteSends(createChatAPI(lazyHttp));
export const messagingAPI: MessagingAPI = createMessagingAPI(lazyHttp);
