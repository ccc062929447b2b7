import type { ReactNode } from "react";
import { ConnectionStatus } from "../../react/components/connection-status.tsx";
import { useReadable } from "../../react/use-readable.ts";
import { nameOf } from "../accounts.ts";
import { Door } from "../parts/door.tsx";
import { PeopleStep } from "../parts/people-step.tsx";
import { SplitView } from "../parts/split-view.tsx";
import { StartChat } from "../parts/start-chat.tsx";
import { TourBar } from "../parts/tour-bar.tsx";
import type { SignedIn } from "../session.ts";
import { usePeople } from "../use-people.ts";

/** Five steps from nobody to two people who chat. */
export function TourPage({ signedIn }: { signedIn: SignedIn | null }) {
  return (
    <>
      {signedIn === null && <TourBar />}
      <main className="demo-tour">
        <header className="demo-tour-head">
          <h1>Realtime chat in five steps</h1>
          <p>Everything on this page is a component that your own site can use.</p>
        </header>
        <Step
          number={1}
          title="Log in"
          text="One click as somebody from the demo, or with an account of your own."
        >
          {signedIn === null ? <Door /> : <Present signedIn={signedIn} />}
        </Step>
        {signedIn !== null && <Steps signedIn={signedIn} />}
      </main>
    </>
  );
}

function Steps({ signedIn }: { signedIn: SignedIn }) {
  const { people } = usePeople(signedIn.token, "");
  const others = people ?? [];
  return (
    <>
      <Step
        number={2}
        title="Put a button beside anybody"
        text="Five variants, three sizes. A click opens the chat over the page."
      >
        <PeopleStep people={others} />
      </Step>
      <Step
        number={3}
        title="Chat"
        text="Click Message above, or open the same window from a trigger of your own."
      >
        <StartChat people={others} />
      </Step>
      <Step
        number={4}
        title="Watch the connection"
        text="Take the network away: what you write waits, and goes out when it is back."
      >
        <Connection signedIn={signedIn} />
      </Step>
      <Step number={5} title="See both ends" text="The same page twice, with two people signed in.">
        <SplitView account={signedIn.account} people={people} />
      </Step>
    </>
  );
}

function Step({
  number,
  title,
  text,
  children,
}: {
  number: number;
  title: string;
  text: string;
  children: ReactNode;
}) {
  return (
    <section className="demo-step" aria-labelledby={`step-${number}`}>
      <div className="demo-step-number" aria-hidden="true">
        {number}
      </div>
      <div className="demo-step-body">
        <h2 id={`step-${number}`}>{title}</h2>
        <p>{text}</p>
        {children}
      </div>
    </section>
  );
}

function Present({ signedIn }: { signedIn: SignedIn }) {
  return (
    <p className="demo-present">
      You are <strong>{nameOf(signedIn.account)}</strong>. Another tab of this browser can be
      somebody else.
    </p>
  );
}

const ways = { websocket: "a WebSocket", sse: "server-sent events" };

function Connection({ signedIn: { client } }: { signedIn: SignedIn }) {
  const { transport } = useReadable(client.connection);
  return (
    <div className="demo-connection">
      <div className="parley demo-status">
        <ConnectionStatus />
      </div>
      <span>{transport === null ? "No way yet" : `Over ${ways[transport]}`}</span>
      <button type="button" className="demo-secondary" onClick={() => client.reconnect()}>
        Connect again
      </button>
    </div>
  );
}
