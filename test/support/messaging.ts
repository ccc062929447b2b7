import type { z } from "zod";
import type {
  messagingConversationSchema,
  messagingConversationsSchema,
  messagingMessagesSchema,
} from "../../src/protocol/messaging-api.ts";
import type { MessagingMessage } from "../../src/protocol/messaging-message.ts";
import type { Guest, HttpRig } from "./http-rig.ts";

export type { MessagingMessage };
export type Conversation = z.output<typeof messagingConversationSchema>;
export type Conversations = z.output<typeof messagingConversationsSchema>;
export type Messages = z.output<typeof messagingMessagesSchema>;

export const messagingPath = "/api/messaging";

/** The JSON of a GET on the messaging API, which must succeed. */
export async function readAs<T>(rig: HttpRig, as: Guest, path: string): Promise<T> {
  const address = /^(http|\/)/.test(path) ? path : `${messagingPath}/${path}`;
  const response = await rig.call(address, { as });
  if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
  return (await response.json()) as T;
}

export interface Posted<Body> {
  status: number;
  body: Body;
  headers: Headers;
}

/** The JSON of a POST on the messaging API, which must succeed. */
export async function postAs<T>(
  rig: HttpRig,
  as: Guest,
  { path, json }: { path: string; json: object },
): Promise<Posted<T>> {
  const response = await rig.call(`${messagingPath}/${path}`, { as, json });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return {
    status: response.status,
    body: (await response.json()) as T,
    headers: response.headers,
  };
}
