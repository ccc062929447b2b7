// Word for word from the documents; only import paths differ, and what a snippet leaves to its page comes in.
import React, { useState, useEffect, useCallback, useRef } from "react";
import { chatAPI } from "../../src/client/default-client.ts";
import { useSSE } from "../../src/react/use-sse.ts";

const ChatWindow = ({ otherUser, currentUser }) => {
  const [messages, setMessages] = useState([]);
  const [newMessage, setNewMessage] = useState("");
  const [isTyping, setIsTyping] = useState(false);
  const [isOtherUserTyping, setIsOtherUserTyping] = useState(false);
  const [isLoading, setIsLoading] = useState(false);

  const messagesEndRef = useRef(null);
  const typingTimeoutRef = useRef(null);

  // Load messages
  const loadMessages = useCallback(async () => {
    setIsLoading(true);
    try {
      const response = await chatAPI.getMessages(otherUser.id);
      setMessages(response.data.messages.reverse()); // Reverse for chronological order
    } catch (error) {
      console.error("Failed to load messages:", error);
    } finally {
      setIsLoading(false);
    }
  }, [otherUser.id]);

  // Handle SSE events
  const handleSSEMessage = useCallback(
    (event) => {
      const { event: eventType, data } = event;

      switch (eventType) {
        case "message":
          // Only add message if it's from the current conversation
          if (data.sender_id === otherUser.id || data.receiver_id === otherUser.id) {
            setMessages((prev) => [...prev, data]);

            // Mark as read if we're the receiver
            if (data.receiver_id === currentUser.id) {
              chatAPI.markAsRead(data.conversation_id);
            }
          }
          break;

        case "typing":
          if (data.sender_id === otherUser.id) {
            setIsOtherUserTyping(data.is_typing);

            // Auto-clear typing indicator after 5 seconds
            if (data.is_typing) {
              setTimeout(() => setIsOtherUserTyping(false), 5000);
            }
          }
          break;

        case "read_receipt":
          // Update message read status
          setMessages((prev) =>
            prev.map((msg) =>
              msg.id === data.message_id ? { ...msg, is_read: true, read_at: data.read_at } : msg,
            ),
          );
          break;

        default:
          break;
      }
    },
    [otherUser.id, currentUser.id],
  );

  // Setup SSE
  const { isConnected } = useSSE(handleSSEMessage);

  // Load messages on mount
  useEffect(() => {
    loadMessages();
  }, [loadMessages]);

  // Scroll to bottom on new message
  useEffect(() => {
    messagesEndRef.current?.scrollIntoView({ behavior: "smooth" });
  }, [messages]);

  // Handle typing indicator
  const handleTyping = useCallback(() => {
    if (!isTyping) {
      setIsTyping(true);
      chatAPI.sendTyping(otherUser.id, true);
    }

    // Clear existing timeout
    if (typingTimeoutRef.current) {
      clearTimeout(typingTimeoutRef.current);
    }

    // Stop typing after 3 seconds of inactivity
    typingTimeoutRef.current = setTimeout(() => {
      setIsTyping(false);
      chatAPI.sendTyping(otherUser.id, false);
    }, 3000);
  }, [isTyping, otherUser.id]);

  // Send message
  const handleSendMessage = async (e) => {
    e.preventDefault();

    if (!newMessage.trim()) return;

    const messageText = newMessage;
    setNewMessage("");

    // Stop typing indicator
    if (isTyping) {
      setIsTyping(false);
      chatAPI.sendTyping(otherUser.id, false);
    }

    try {
      const response = await chatAPI.sendMessage(otherUser.id, messageText);
      // Message will be added via SSE, but add optimistically for better UX
      setMessages((prev) => [...prev, response.data]);
    } catch (error) {
      console.error("Failed to send message:", error);
      setNewMessage(messageText); // Restore message on error
    }
  };

  // Render message
  const renderMessage = (msg) => {
    const isMe = msg.sender === currentUser.id;
    const timestamp = new Date(msg.timestamp).toLocaleTimeString();

    return (
      <div key={msg.id} className={`message ${isMe ? "message-sent" : "message-received"}`}>
        <div className="message-content">
          <p>{msg.message}</p>
          {msg.attachment_url && (
            <img src={msg.attachment_url} alt="attachment" className="message-attachment" />
          )}
        </div>
        <div className="message-meta">
          <span className="timestamp">{timestamp}</span>
          {isMe && <span className="read-status">{msg.is_read ? "✓✓" : "✓"}</span>}
        </div>
      </div>
    );
  };

  return (
    <div className="chat-window">
      {/* Header */}
      <div className="chat-header">
        <div className="user-info">
          <img src={otherUser.avatar || "/default-avatar.png"} alt={otherUser.full_name} />
          <div>
            <h3>{otherUser.full_name}</h3>
            <span className={`status ${otherUser.is_online ? "online" : "offline"}`}>
              {otherUser.is_online ? "Online" : "Offline"}
            </span>
          </div>
        </div>
        <div className="connection-status">{isConnected ? "🟢 Connected" : "🔴 Disconnected"}</div>
      </div>

      {/* Messages */}
      <div className="messages-container">
        {isLoading ? (
          <div className="loading">Loading messages...</div>
        ) : (
          <>
            {messages.map(renderMessage)}
            {isOtherUserTyping && (
              <div className="typing-indicator">
                <span>{otherUser.full_name} is typing</span>
                <span className="dots">...</span>
              </div>
            )}
            <div ref={messagesEndRef} />
          </>
        )}
      </div>

      {/* Input */}
      <form onSubmit={handleSendMessage} className="message-input-form">
        <input
          type="text"
          value={newMessage}
          onChange={(e) => {
            setNewMessage(e.target.value);
            handleTyping();
          }}
          placeholder="Type a message..."
          className="message-input"
        />
        <button type="submit" className="send-button">
          Send
        </button>
      </form>
    </div>
  );
};

export default ChatWindow;
