"use client";

export { ChatModal as default, type ChatModalProps } from "../components/chat-modal.tsx";
