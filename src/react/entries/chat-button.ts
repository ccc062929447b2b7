"use client";

export { ChatButton as default, type ChatButtonProps } from "../components/chat-button.tsx";
