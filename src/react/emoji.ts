import type { EmojiGroupName } from "./strings.ts";

export interface Emoji {
  character: string;
  /** English words to find it by; the first ones are its name. */
  words: string;
}

export interface EmojiGroup {
  name: EmojiGroupName;
  emoji: readonly Emoji[];
}

function group(name: EmojiGroupName, list: string): EmojiGroup {
  const emoji = list
    .trim()
    .split(/;\s/u)
    .map((line) => {
      const [character = "", ...words] = line.trim().split(" ");
      return { character, words: words.join(" ") };
    });
  return { name, emoji };
}

/** The most used ones, in the order in which people look for them. */
export const emojiGroups: readonly EmojiGroup[] = [
  group(
    "smileys",
    `
😀 grinning face happy; 😃 big smile happy; 😄 laughing eyes happy; 😁 beaming grin teeth;
😆 squinting laugh haha; 😅 sweat smile relief; 😂 tears of joy lol laugh cry;
🤣 rolling on the floor rofl lol; 🙂 slight smile; 🙃 upside down silly; 😉 wink;
😊 blush smile warm; 😇 halo angel innocent; 🥰 hearts face love adore; 😍 heart eyes love;
🤩 star struck wow excited; 😘 blowing a kiss love; 😋 yum tasty delicious;
😛 tongue out playful; 😜 winking tongue joke; 🤪 zany crazy goofy; 🤗 hug hugging;
🤭 hand over mouth giggle oops; 🤫 shush quiet secret; 🤔 thinking hmm; 🤨 raised eyebrow doubt;
😐 neutral meh; 😑 expressionless; 😶 no mouth speechless; 😏 smirk; 😒 unamused annoyed;
🙄 rolling eyes; 😬 grimace awkward; 😌 relieved calm; 😔 pensive sad; 😪 sleepy tired;
😴 sleeping zzz; 😷 mask sick; 🤒 thermometer ill sick; 🤕 bandage hurt; 🥴 woozy dizzy;
😵 dizzy face; 🤯 mind blown exploding; 🥳 party celebrate birthday; 😎 cool sunglasses;
🤓 nerd glasses; 🧐 monocle curious; 😕 confused; 🙁 slight frown sad;
😮 open mouth surprised wow; 😳 flushed embarrassed; 🥺 pleading please; 😢 crying sad tear;
😭 sobbing loud cry; 😤 huffing proud; 😠 angry mad; 😡 rage furious red; 🤬 swearing cursing;
😱 screaming fear shock; 😰 anxious sweat worried; 😓 downcast sweat; 🤝 handshake deal agree;
😈 devil horns mischief; 💀 skull dead; 💩 poop; 🤖 robot; 👻 ghost boo
`,
  ),
  group(
    "people",
    `
👍 thumbs up yes good like ok; 👎 thumbs down no bad dislike; 👌 ok perfect; ✌️ victory peace;
🤞 fingers crossed luck; 🤟 love you hand; 🤘 rock on; 🤙 call me hang loose; 👈 point left;
👉 point right; 👆 point up; 👇 point down; ☝️ index up one; ✋ raised hand stop high five;
👋 wave hello hi bye; 🤏 pinch small little; 👏 clap applause bravo; 🙌 raised hands hooray;
👐 open hands; 🙏 thanks please pray; 💪 muscle strong; ✍️ writing hand; 👀 eyes look see;
🧠 brain smart; 🙋 raising hand question; 🤷 shrug dunno; 🤦 facepalm; 🙅 no gesture;
🙆 ok gesture; 🏃 running late hurry; 💃 dancing dance; 👶 baby; 👪 family
`,
  ),
  group(
    "nature",
    `
🐶 dog puppy; 🐱 cat kitten; 🦊 fox; 🐻 bear; 🐼 panda; 🦁 lion; 🐸 frog; 🐵 monkey;
🙈 see no evil monkey; 🐔 chicken; 🐧 penguin; 🦄 unicorn; 🐝 bee; 🦋 butterfly; 🐢 turtle;
🐙 octopus; 🐳 whale; 🌵 cactus; 🌲 tree evergreen; 🌴 palm tree; 🍀 four leaf clover luck;
🌸 cherry blossom flower; 🌹 rose flower; 🌻 sunflower flower; 🌍 earth world globe;
🌙 moon night; ⭐ star; ☀️ sun sunny weather; ⛅ cloud sun weather; 🌧️ rain weather;
⚡ lightning fast power; ❄️ snow cold winter; 🔥 fire hot lit; 🌈 rainbow; 🌊 wave sea water
`,
  ),
  group(
    "food",
    `
🍎 apple fruit; 🍌 banana fruit; 🍓 strawberry fruit; 🍉 watermelon fruit; 🍋 lemon fruit;
🥑 avocado; 🍅 tomato; 🌶️ hot pepper spicy; 🍞 bread; 🧀 cheese; 🍳 egg cooking breakfast;
🍔 burger; 🍟 fries; 🍕 pizza; 🌮 taco; 🥗 salad; 🍝 pasta spaghetti; 🍣 sushi; 🍦 ice cream;
🍩 doughnut donut; 🍪 cookie; 🎂 birthday cake; 🍫 chocolate; ☕ coffee tea hot drink;
🍺 beer drink; 🍻 cheers beers; 🍷 wine drink; 🥂 clinking glasses toast cheers
`,
  ),
  group(
    "activities",
    `
⚽ football soccer; 🏀 basketball; 🏈 american football; 🎾 tennis; 🏐 volleyball;
🏓 ping pong table tennis; 🥇 gold medal first; 🏆 trophy win; 🎯 target bullseye goal;
🎮 video game controller; 🎲 dice game; 🎸 guitar music; 🎹 piano music; 🎵 music note song;
🎧 headphones listen; 🎬 film movie clapper; 🎨 art paint palette;
🎉 party popper tada celebrate; 🎊 confetti celebrate; 🎁 gift present; 🎈 balloon;
🏖️ beach holiday vacation
`,
  ),
  group(
    "travel",
    `
🚗 car drive; 🚕 taxi; 🚌 bus; 🚲 bicycle bike; 🚆 train; ✈️ plane flight travel;
🚀 rocket launch ship; ⛵ sailing boat; 🏠 house home; 🏢 office building work; 🏥 hospital;
🏫 school; ⛰️ mountain; 🏝️ island; 🗺️ map; 🧭 compass; ⛺ tent camping; 🚦 traffic light
`,
  ),
  group(
    "objects",
    `
📱 phone mobile; 💻 laptop computer; ⌨️ keyboard; 🖨️ printer; 📷 camera photo; 🔋 battery;
💡 idea light bulb; 🔧 wrench tool fix; 🔨 hammer tool; 🔑 key; 🔒 lock secure;
🔔 bell notification; 📌 pin; 📎 paperclip attachment; ✂️ scissors cut; ✏️ pencil edit;
📝 memo note; 📚 books read; 📅 calendar date; 📈 chart up growth; 📉 chart down; 📦 package box;
✉️ envelope mail; 💰 money bag; 💳 credit card pay; 🛒 shopping cart; ⏰ alarm clock time;
⏳ hourglass wait; 🗑️ bin trash delete
`,
  ),
  group(
    "symbols",
    `
❤️ red heart love; 🧡 orange heart; 💛 yellow heart; 💚 green heart; 💙 blue heart;
💜 purple heart; 🖤 black heart; 💔 broken heart; 💖 sparkling heart; ✨ sparkles shiny new;
💯 hundred perfect score; ✅ check done yes; ☑️ checkbox done; ❌ cross no wrong;
❗ exclamation important; ❓ question; ⚠️ warning attention; 🚫 forbidden no; ⛔ no entry stop;
➕ plus add; ➖ minus; 🔄 refresh repeat; 🆗 ok button; 🆕 new button; 🔝 top; 💤 sleep zzz;
💬 speech bubble chat; 👁️ eye; 🏁 finish flag; 🚩 red flag
`,
  ),
];

/** Those with a word that starts like each word of the query. */
export function findEmoji(query: string): Emoji[] {
  const wanted = query.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
  const all = emojiGroups.flatMap(({ emoji }) => emoji);
  return all.filter(({ character, words }) =>
    wanted.every(
      (start) => character === start || words.split(" ").some((word) => word.startsWith(start)),
    ),
  );
}
