import { Door } from "../parts/door.tsx";
import { Logo } from "../parts/logo.tsx";
import { ThemeSwitch } from "../parts/theme-switch.tsx";

export function SignInPage() {
  return (
    <div className="demo-entrance">
      <header className="demo-pitch">
        <Logo />
        <div className="demo-pitch-text">
          <h1>
            Chat that belongs <br />
            in your product.
          </h1>
          <p>
            Messages arrive in the moment they are sent, wait for whoever is away, and are never
            shown twice.
          </p>
          <Sample />
        </div>
        <p className="demo-pitch-links">
          <a href="/api/docs/">API</a>
          <a href="#/chat-demo">Five-step tour</a>
          <a href="/health">Health</a>
        </p>
      </header>
      <main className="demo-door">
        <ThemeSwitch />
        <Door />
      </main>
    </div>
  );
}

/** Two bubbles, drawn as the chat draws them. */
function Sample() {
  return (
    <div className="demo-sample" aria-hidden="true">
      <p className="demo-sample-received">Is the train on time?</p>
      <p className="demo-sample-sent">
        Just left. Save me a seat! <span>✓✓</span>
      </p>
    </div>
  );
}
