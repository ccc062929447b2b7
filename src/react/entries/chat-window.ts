"use client";

export { ChatWindow as default, type ChatWindowProps } from "../components/chat-window.tsx";
