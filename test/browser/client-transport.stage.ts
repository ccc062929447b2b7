import { createBrowserEnvironment } from "../../src/client/browser-environment.ts";
import { createChatAPI } from "../../src/client/chat-api.ts";
import { createConnection } from "../../src/client/create-connection.ts";
import { createHttp } from "../../src/client/create-http.ts";
import { createTabs } from "../../src/client/create-tabs.ts";

/** What the test reads of this tab, and makes it do. */
export interface TransportStage {
  read(): { leads: boolean; status: string; transport: string | null; texts: string[] };
  /** Sends a file of so many bytes; how much had gone up, each time that was told. */
  upload(receiverId: number, bytes: number): Promise<number[]>;
  /** Stops one while it goes up; the code of its failure. */
  stopUpload(receiverId: number, bytes: number): Promise<string>;
}

declare global {
  var transportStage: TransportStage;
}

const query = new URLSearchParams(location.search);
const url = query.get("server") ?? "";
const getToken = (): string | null => query.get("token");
const environment = createBrowserEnvironment();
const tabs = createTabs({ name: "stage", environment });
const http = createHttp({ url, getToken, environment });
const connection = createConnection({ url, getToken, http, tabs, environment });
const api = createChatAPI(http);
const texts: string[] = [];

connection.onEvent((event) => {
  if (event.type === "message") texts.push(event.message.message);
  if (event.cursor) connection.applied(event.cursor);
});
connection.start(null);

function fileOf(bytes: number): File {
  return new File([new Uint8Array(bytes).fill(65)], "big.txt", { type: "text/plain" });
}

globalThis.transportStage = {
  read() {
    const { status, transport } = connection.state.get();
    return { leads: tabs.leads.get(), status, transport, texts };
  },
  async upload(receiverId, bytes) {
    const shares: number[] = [];
    const onProgress = (share: number): void => void shares.push(share);
    await api.sendMessage(receiverId, "with a file", fileOf(bytes), { onProgress });
    return shares;
  },
  async stopUpload(receiverId, bytes) {
    const stop = new AbortController();
    const onProgress = (): void => stop.abort();
    const options = { onProgress, signal: stop.signal };
    const sent = api.sendMessage(receiverId, "never", fileOf(bytes), options);
    return sent.then(
      () => "sent",
      (error: { code: string }) => error.code,
    );
  },
};
