import type { ChatAPI, ConversationSummary } from "./chat-api.ts";

/** The server's list, page by page. Rejects with `ApiError`. */
export interface ConversationPages {
  readonly hasMore: boolean;
  /** From the top, as many rows as that at least. */
  readFirst(wanted: number): Promise<ConversationSummary[]>;
  readNext(): Promise<ConversationSummary[]>;
  /** What is unread where, if the list goes on. */
  readElsewhere(): Promise<Map<number, number>>;
}

const pageSize = 30;
const mostRows = 100;

export function createConversationPages(
  api: Pick<ChatAPI, "getConversations" | "getUnreadCount">,
): ConversationPages {
  let next: string | null = null;

  async function read(from: string | null, wanted: number): Promise<ConversationSummary[]> {
    const rows: ConversationSummary[] = [];
    let cursor = from;
    do {
      const page = { limit: Math.min(mostRows, wanted), ...(cursor !== null && { cursor }) };
      // oxlint-disable-next-line no-await-in-loop -- each page leads to the next
      const { data, headers } = await api.getConversations(page);
      rows.push(...data);
      cursor = cursorOf(headers.get("Link"));
    } while (cursor !== null && rows.length < wanted);
    next = cursor;
    return rows;
  }

  return {
    get hasMore() {
      return next !== null;
    },
    readFirst: (wanted) => read(null, Math.max(pageSize, wanted)),
    readNext: async () => (next === null ? [] : read(next, pageSize)),
    async readElsewhere() {
      if (next === null) return new Map();
      const { conversations } = (await api.getUnreadCount()).data;
      return new Map(conversations.map((each) => [each.conversation_id, each.unread_count]));
    },
  };
}

/** From `<…?limit=30&cursor=…>; rel="next"`. */
function cursorOf(link: string | null): string | null {
  const url = /<([^>]*)>;\s*rel="next"/.exec(link ?? "")?.[1];
  return url === undefined ? null : new URL(url).searchParams.get("cursor");
}
