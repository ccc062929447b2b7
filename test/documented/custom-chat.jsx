// Word for word from the documents; only import paths differ, and what a snippet leaves to its page comes in.
import React, { useState } from "react";
import ChatModal from "../../src/react/entries/chat-modal.ts";

export default function CustomChat({ someUser }) {
  const [showChat, setShowChat] = useState(false);
  const [selectedUser, setSelectedUser] = useState(null);

  const startChat = (user) => {
    setSelectedUser(user);
    setShowChat(true);
  };

  return (
    <>
      <button onClick={() => startChat(someUser)}>Start Chat</button>

      <ChatModal
        isOpen={showChat}
        onClose={() => setShowChat(false)}
        recipientUser={selectedUser}
      />
    </>
  );
}
