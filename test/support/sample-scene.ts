import type { ChatUser } from "../../src/client/chat-user.ts";
import type { MessageRow } from "../../src/client/message-row.ts";
import { sampleMessage } from "./sample-chat-client.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

/** A landscape as a picture's bytes would be. */
const landscape = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 420"><defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="#f7b267"/><stop offset="1" stop-color="#f4845f"/></linearGradient></defs><rect width="640" height="420" fill="url(#s)"/><circle cx="470" cy="150" r="48" fill="#fff3d6"/><path d="M0 300 150 180 280 290 420 160 640 310V420H0Z" fill="#355070"/><path d="M0 360 210 270 380 350 520 280 640 350V420H0Z" fill="#243b55"/></svg>`,
)}`;

/** A quarter of a second of silence. */
function silence(): string {
  const samples = 2000;
  const bytes = new Uint8Array(44 + samples).fill(128);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string) => {
    for (const [index, letter] of [...value].entries()) bytes[at + index] = letter.charCodeAt(0);
  };
  text(0, "RIFF");
  view.setUint32(4, 36 + samples, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 8000, true);
  view.setUint32(28, 8000, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  text(36, "data");
  view.setUint32(40, samples, true);
  return URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
}

interface Scene {
  me: ChatUser;
  other: ChatUser;
  /** Milliseconds since 1970. */
  now: number;
}

/** One of everything that a conversation can hold. */
export function sampleScene({ me, other, now }: Scene): MessageRow[] {
  let id = 0;
  const say = (mine: boolean, agoMs: number, change: Partial<MessageRow>): MessageRow => {
    id += 1;
    return sampleMessage({
      id,
      from: mine ? me : other,
      to: mine ? other : me,
      mine,
      key: `m${id}`,
      status: mine ? "read" : "sent",
      timestamp: new Date(now - agoMs).toISOString(),
      ...change,
    });
  };
  const file = (name: string, size: number, rest: Partial<MessageRow>): Partial<MessageRow> => ({
    message: "",
    attachment: name,
    attachment_name: name,
    attachment_size: size,
    attachment_url: "/files/none",
    attachment_type: "document",
    ...rest,
  });
  const picture = { attachment_url: landscape, attachment_type: "image" } as const;
  return [
    say(false, 2 * day, { message: "Hi Alice! Did you get home all right?" }),
    say(true, 2 * day - minute, { message: "Yes, just before the rain 🌧️" }),
    say(true, 2 * day - minute, { message: "Thanks again for the ride." }),
    say(false, day, {
      message: "Here is where we were, on the map: https://example.com/walks/ridge.",
    }),
    say(false, day - minute, file("ridge-at-dusk.png", 482_133, picture)),
    say(false, day - minute, { message: "Best evening of the year" }),
    say(true, day - 4 * minute, { message: "😍" }),
    say(true, day - 5 * minute, {
      message:
        "It was. I wrote down the route, with where to turn off and where there is water, so that we can go again in spring and take the others along.",
    }),
    say(true, day - 5 * minute, file("Ridge walk, route and water.pdf", 1_248_000, {})),
    say(false, 40 * minute, { message: "Listen to this", ...voice("voice.wav") }),
    say(true, 31 * minute, { message: "Ha! שלום גם לך", status: "delivered" }),
    say(true, 30 * minute, { message: "See you on Sunday?", status: "delivered" }),
    say(false, 12 * minute, { message: "مرحبا، نلتقي يوم الأحد في الساعة العاشرة" }),
    say(false, 11 * minute, { message: "First line\nsecond line\n\nand the last" }),
    say(true, 3 * minute, { message: "Shall I bring the big tent?", status: "sent" }),
    say(true, 2 * minute, {
      ...file("tent.png", 3_400_000, picture),
      status: "sending",
      progress: 0.42,
      client_id: "c1",
    }),
    say(true, minute, { message: "Or the small one", status: "sending", client_id: "c2" }),
    say(true, minute, {
      message: "Call me when you can",
      status: "failed",
      error: "The server cannot be reached",
      client_id: "c3",
    }),
  ];
}

function voice(name: string): Partial<MessageRow> {
  return {
    attachment: name,
    attachment_name: name,
    attachment_size: 2044,
    attachment_url: silence(),
    attachment_type: "audio",
  };
}
