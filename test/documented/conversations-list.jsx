// Word for word from the documents; only import paths differ, and what a snippet leaves to its page comes in.
import React, { useState, useEffect, useCallback } from "react";
import { chatAPI } from "../../src/client/default-client.ts";
import { useSSE } from "../../src/react/use-sse.ts";

const ConversationsList = ({ onSelectConversation }) => {
  const [conversations, setConversations] = useState([]);
  const [totalUnread, setTotalUnread] = useState(0);

  // Load conversations
  const loadConversations = useCallback(async () => {
    try {
      const response = await chatAPI.getConversations();
      setConversations(response.data);

      // Calculate total unread
      const unread = response.data.reduce((sum, conv) => sum + conv.unread_count, 0);
      setTotalUnread(unread);
    } catch (error) {
      console.error("Failed to load conversations:", error);
    }
  }, []);

  // Handle SSE events
  const handleSSEMessage = useCallback(
    (event) => {
      const { event: eventType, data } = event;

      if (eventType === "message") {
        // Refresh conversations to update last message and unread count
        loadConversations();
      }
    },
    [loadConversations],
  );

  // Setup SSE
  useSSE(handleSSEMessage);

  // Load conversations on mount
  useEffect(() => {
    loadConversations();

    // Refresh every minute
    const interval = setInterval(loadConversations, 60000);
    return () => clearInterval(interval);
  }, [loadConversations]);

  return (
    <div className="conversations-list">
      <div className="conversations-header">
        <h2>Messages</h2>
        {totalUnread > 0 && <span className="unread-badge">{totalUnread}</span>}
      </div>

      <div className="conversations-items">
        {conversations.map((conv) => (
          <div
            key={conv.conversation_id}
            className="conversation-item"
            onClick={() => onSelectConversation(conv.other_user)}
          >
            <div className="avatar-container">
              <img
                src={conv.other_user.avatar || "/default-avatar.png"}
                alt={conv.other_user.full_name}
              />
              {conv.other_user.is_online && <span className="online-indicator" />}
            </div>

            <div className="conversation-content">
              <div className="conversation-header">
                <h4>{conv.other_user.full_name}</h4>
                <span className="timestamp">
                  {new Date(conv.last_message_at).toLocaleTimeString()}
                </span>
              </div>

              <div className="last-message">
                <p className={conv.unread_count > 0 ? "unread" : ""}>
                  {conv.last_message_by_me ? "You: " : ""}
                  {conv.last_message}
                </p>
                {conv.unread_count > 0 && <span className="unread-count">{conv.unread_count}</span>}
              </div>
            </div>
          </div>
        ))}
      </div>
    </div>
  );
};

export default ConversationsList;
