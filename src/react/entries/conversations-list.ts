"use client";

export {
  ConversationsList as default,
  type ConversationsListProps,
} from "../components/conversations-list.tsx";
