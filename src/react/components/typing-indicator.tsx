import { useStrings } from "../strings.ts";

export function TypingIndicator({ name }: { name: string }) {
  const strings = useStrings();
  return (
    <div className="typing-indicator">
      <span className="dots" aria-hidden="true">
        <i>.</i>
        <i>.</i>
        <i>.</i>
      </span>
      <span>{strings.isTyping(name)}</span>
    </div>
  );
}
