import { createContext, useContext, useMemo, useSyncExternalStore, type ReactNode } from "react";
import type { ChatClient } from "../client/chat-client.ts";
import { defaultChat } from "../client/default-client.ts";
import { AppearanceContext, useAppearance, type Appearance } from "./appearance.ts";
import { createFormat, FormatContext, type Format } from "./format.ts";
import { idleClient } from "./idle-client.ts";
import { StringsContext, useStrings, type ChatStrings } from "./strings.ts";
import { useOwnClient, wantsOwnClient, type OwnClientOptions } from "./use-own-client.ts";

export interface ChatProviderProps extends Omit<Appearance, "lang">, OwnClientOptions {
  /** Made elsewhere, and closed there. Without it and without `getToken`, the page's default client. */
  client?: ChatClient | undefined;
  strings?: Partial<ChatStrings> | undefined;
  /** BCP 47; the browser's own if left out. */
  locale?: string | undefined;
  timeZone?: string | undefined;
  children?: ReactNode;
}

const ClientContext = createContext<ChatClient | null>(null);

/** The client of the nearest `ChatProvider`; without one, the page's default client. */
export function useChatClient(): ChatClient {
  const provided = useContext(ClientContext);
  return useSyncExternalStore(
    watchPage,
    () => provided ?? defaultChat(),
    () => provided ?? idleClient,
  );
}

/** Someone may sign in, and then the default client is another one: a page that comes back looks again. */
function watchPage(listener: () => void): () => void {
  addEventListener("focus", listener);
  addEventListener("storage", listener);
  return () => {
    removeEventListener("focus", listener);
    removeEventListener("storage", listener);
  };
}

/** Says which client the components below use, and how they look and speak. What it leaves out stays as around it. */
export function ChatProvider(props: ChatProviderProps) {
  const client = useProvidedClient(props);
  const strings = useProvidedStrings(props);
  const format = useProvidedFormat(props);
  const appearance = useProvidedAppearance(props);
  return (
    <ClientContext.Provider value={client}>
      <StringsContext.Provider value={strings}>
        <FormatContext.Provider value={format}>
          <AppearanceContext.Provider value={appearance}>
            {props.children}
          </AppearanceContext.Provider>
        </FormatContext.Provider>
      </StringsContext.Provider>
    </ClientContext.Provider>
  );
}

/** The given client, else one of its own, else the one of the provider around. */
function useProvidedClient({ client, ...options }: ChatProviderProps): ChatClient | null {
  const outer = useContext(ClientContext);
  const own = useOwnClient(client ? {} : options);
  if (client) return client;
  return wantsOwnClient(options) ? (own ?? idleClient) : outer;
}

function useProvidedStrings({ strings }: ChatProviderProps): ChatStrings {
  const outer = useStrings();
  return useMemo(() => (strings ? { ...outer, ...strings } : outer), [outer, strings]);
}

function useProvidedFormat({ locale, timeZone }: ChatProviderProps): Format | null {
  const outer = useContext(FormatContext);
  return useMemo(
    () => (locale || timeZone ? createFormat({ locale, timeZone }) : outer),
    [outer, locale, timeZone],
  );
}

function useProvidedAppearance(props: ChatProviderProps): Appearance {
  const outer = useAppearance();
  const theme = props.theme ?? outer.theme;
  const bubble = props.bubble ?? outer.bubble;
  const dir = props.dir ?? outer.dir;
  const lang = props.locale ?? outer.lang;
  const renderAvatar = props.renderAvatar ?? outer.renderAvatar;
  return useMemo(
    () => ({ theme, bubble, dir, lang, renderAvatar }),
    [theme, bubble, dir, lang, renderAvatar],
  );
}
