import { describe, expect, test } from "vitest";
import { createHubRig } from "../support/hub-rig.ts";

describe("what a hub knows of unread counts", () => {
  test("[UNREAD-2] is nothing to judge a cache by before it was told every one", () => {
    const rig = createHubRig();
    rig.store.saveConversation(1, { headSeq: 4, unreadVersion: 4 });
    expect(rig.hub.inbox.unreadVersions()).toBeNull();
    rig.hub.inbox.learnUnread([[2, 7]]);
    expect(rig.hub.inbox.unreadVersions()).toEqual([
      [1, 4],
      [2, 7],
    ]);
  });

  test("[UNREAD-2] survives sleep, also when there is nothing unread", () => {
    const rig = createHubRig();
    rig.hub.inbox.learnUnread([]);
    rig.sleep();
    expect(rig.hub.inbox.unreadVersions()).toEqual([]);
  });

  test("[UNREAD-1] is never replaced by something older", () => {
    const rig = createHubRig();
    rig.store.saveConversation(1, { headSeq: 4, unreadVersion: 4 });
    rig.hub.inbox.learnUnread([[1, 3]]);
    expect(rig.hub.inbox.unreadVersions()).toEqual([[1, 4]]);
    expect(rig.store.conversation(1)).toEqual({ headSeq: 4, unreadVersion: 4 });
  });
});
