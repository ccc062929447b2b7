import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";
import { createWritable } from "../client/readable.ts";
import type { Thread, ThreadState } from "../client/thread.ts";
import { countPrepended, type MessageItem } from "./message-items.ts";
import { useKeptPlace } from "./use-kept-place.ts";
import { usePosition, type Position } from "./use-position.ts";

/** So many pixels before the first line, older messages are asked for. */
const olderZone = 900;
/** How much of what was read before stays in view above the mark of unread messages. */
const aboveUnread = 72;

interface Scrolled {
  thread: Thread;
  state: ThreadState;
  items: readonly MessageItem[];
  /** The element that scrolls; its last child is the list. */
  container: RefObject<HTMLElement | null>;
}

/**
 * Where the list stands: it opens at the newest message or at the first unread one, keeps its place while older messages
 * come in above, and follows new ones only from the end.
 */
export function useMessageScroll({ thread, state, items, container }: Scrolled) {
  const list = useRef<VirtualizerHandle>(null);
  const follows = useRef(true);
  const position = usePosition(container);
  const [isPlaced, setIsPlaced] = useState(false);
  const [atEnd, setAtEnd] = useState(false);
  const topDay = useRef(createWritable<string | null>(null)).current;
  const shift = useShift(items);
  const tellOfMeasuring = useKeptPlace({ list, container, items, shift });
  const askOlder = useOlder(thread, state);
  const { follow, jumpToEnd } = useFollowing({
    container,
    follows,
    items,
    isPlaced,
    position,
  });

  const look = (isScrolled: boolean) => {
    if (!list.current || !isPlaced || list.current.viewportSize === 0) return;
    if (position.isAtEnd()) {
      follows.current = true;
      position.note();
    } else if (position.hasLeft()) {
      follows.current = false;
    }
    setAtEnd(follows.current);
    if (list.current.scrollOffset < olderZone) askOlder(isScrolled);
  };
  const onScroll = () => {
    look(true);
    if (!list.current || !isPlaced) return;
    const index = list.current.findItemIndex(list.current.scrollOffset);
    topDay.set(follows.current ? null : dayAt(items[index]));
  };
  const onResize = () => {
    tellOfMeasuring();
    look(false);
    follow();
  };

  usePlacing({ list, container, follows, items, isPlaced, setIsPlaced });
  useEffect(() => look(false));
  const onScrollEnd = () => topDay.set(null);
  const listProps = { ref: list, shift, onScroll, onScrollEnd, onResize };
  return { listProps, follows, atEnd, isPlaced, topDay, jumpToEnd };
}

/** A moment of the day that a line belongs to; null for one that says its day itself, or has none. */
function dayAt(item: MessageItem | undefined): string | null {
  return item?.type === "message" ? item.row.timestamp : null;
}

/** Asks for older messages, never twice at a time; again before the same one only where the reader scrolls or an error is over. */
function useOlder(thread: Thread, state: ThreadState): (isScrolled: boolean) => void {
  const { hasOlder, loadingOlder, error } = state;
  const first = state.messages[0]?.key ?? null;
  const isAsking = useRef(false);
  const askedBefore = useRef<string | null>(null);
  const [, setAnswers] = useState(0);
  return (isScrolled) => {
    if (error !== null) askedBefore.current = null;
    if (!hasOlder || loadingOlder || error !== null || isAsking.current) return;
    if (!isScrolled && askedBefore.current === first) return;
    askedBefore.current = first;
    isAsking.current = true;
    void thread.loadOlder().finally(() => {
      isAsking.current = false;
      // What came was drawn before this, and may not have filled the view.
      setAnswers((count) => count + 1);
    });
  };
}

/** Whether lines came in above since the list was last drawn. */
function useShift(items: readonly MessageItem[]): boolean {
  const drawn = useRef(items);
  const shift = items !== drawn.current && countPrepended(drawn.current, items) > 0;
  useLayoutEffect(() => {
    drawn.current = items;
  }, [items]);
  return shift;
}

interface Placing {
  list: RefObject<VirtualizerHandle | null>;
  container: RefObject<HTMLElement | null>;
  follows: RefObject<boolean>;
  items: readonly MessageItem[];
  isPlaced: boolean;
  setIsPlaced: (isPlaced: boolean) => void;
}

/** Opens the list at the mark of unread messages, else at the end. */
function usePlacing({ list, container, follows, items, isPlaced, setIsPlaced }: Placing): void {
  const unread = items.findIndex(({ type }) => type === "unread");
  const markedOnce = useRef(false);
  useLayoutEffect(() => {
    if (unread >= 0 && (!isPlaced || (follows.current && !markedOnce.current))) {
      markedOnce.current = true;
      follows.current = false;
      list.current?.scrollToIndex(unread, { align: "start", offset: -aboveUnread });
    } else if (!isPlaced && container.current) {
      // The list's own way there would hold on to the end for a moment, against whoever scrolls up at once.
      container.current.scrollTop = container.current.scrollHeight;
    }
    if (isPlaced) return;
    // Two frames: one to measure what is drawn, one to scroll there.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => setIsPlaced(true));
    });
    return () => cancelAnimationFrame(frame);
  }, [list, container, follows, items.length, unread, isPlaced, setIsPlaced]);
}

interface Following {
  container: RefObject<HTMLElement | null>;
  follows: RefObject<boolean>;
  items: readonly MessageItem[];
  isPlaced: boolean;
  position: Position;
}

/** Stays at the end while lines are added there, and goes there for the viewer's own message. */
function useFollowing({ container, follows, items, isPlaced, position }: Following) {
  const newest = items.findLast((item) => item.type === "message");
  const isOwn = newest?.row.mine === true && newest.row.status === "sending";
  const newestKey = newest?.key;
  const grew = useRef(false);
  const follow = useCallback(() => {
    if (!isPlaced || !container.current) return;
    if (position.hasLeft()) follows.current = false;
    if (!follows.current) return;
    const before = container.current.scrollTop;
    container.current.scrollTop = container.current.scrollHeight;
    position.note();
    const moved = container.current.scrollTop - before;
    if (grew.current && moved > 0) glide(container.current, moved);
    if (moved > 0) grew.current = false;
  }, [container, follows, isPlaced, position]);
  const jumpToEnd = useCallback(() => {
    position.note();
    follows.current = true;
    follow();
  }, [follows, follow, position]);

  useLayoutEffect(() => {
    grew.current = true;
    if (!isOwn) return;
    position.note();
    follows.current = true;
  }, [follows, isOwn, newestKey, position]);
  useLayoutEffect(follow, [follow, items]);
  return { follow, jumpToEnd };
}

/** Lets what has moved up at once be seen to move there. */
function glide({ lastElementChild, clientHeight }: HTMLElement, pixels: number): void {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (isCalm || pixels > clientHeight / 2) return;
  lastElementChild?.animate([{ transform: `translateY(${pixels}px)` }, { transform: "none" }], {
    duration: 180,
    easing: "cubic-bezier(0.2, 0.8, 0.3, 1)",
  });
}
