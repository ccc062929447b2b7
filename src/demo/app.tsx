import { useEffect, useState } from "react";
import { ChatProvider } from "../react/chat-provider.tsx";
import { useReadable } from "../react/use-readable.ts";
import { logIn } from "./accounts.ts";
import { demoPassword, isDemoPerson } from "./demo-people.ts";
import { InboxPage } from "./pages/inbox-page.tsx";
import { SignInPage } from "./pages/sign-in-page.tsx";
import { TourPage } from "./pages/tour-page.tsx";
import { SessionEnded } from "./parts/session-ended.tsx";
import { Toasts } from "./parts/toasts.tsx";
import { TopBar } from "./parts/top-bar.tsx";
import { useRoute } from "./route.ts";
import { frameName, keepSession, signedIn } from "./session.ts";
import type { SignedIn } from "./session.ts";
import { useUnreadTitle } from "./use-unread-title.ts";

export function App() {
  const current = useReadable(signedIn);
  const route = useRoute();
  const isEntering = useFrameSignIn();
  if (current) return <Shell signedIn={current} />;
  if (isEntering) return null;
  return route.page === "tour" ? <TourPage signedIn={null} /> : <SignInPage />;
}

function Shell({ signedIn: me }: { signedIn: SignedIn }) {
  const route = useRoute();
  useUnreadTitle(me.client);
  return (
    <ChatProvider client={me.client}>
      <div className="demo-shell" data-frame={frameName !== null}>
        <div>
          <TopBar signedIn={me} page={route.page} />
          <SessionEnded client={me.client} />
        </div>
        {route.page === "tour" ? (
          <TourPage signedIn={me} />
        ) : (
          <InboxPage personId={route.personId} />
        )}
        <Toasts client={me.client} openPersonId={route.page === "inbox" ? route.personId : null} />
      </div>
    </ChatProvider>
  );
}

/** A frame that is named after a demo person lets them in by itself; answers whether it is about to. */
function useFrameSignIn(): boolean {
  const [isEntering, setIsEntering] = useState(!signedIn.get() && isDemoPerson(frameName));
  useEffect(() => {
    if (signedIn.get() || !isDemoPerson(frameName)) return;
    logIn({ username: frameName, password: demoPassword })
      .then(keepSession)
      .catch(() => setIsEntering(false));
  }, []);
  return isEntering;
}
