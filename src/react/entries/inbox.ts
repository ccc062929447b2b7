"use client";

export { Inbox as default, type InboxProps } from "../components/inbox.tsx";
