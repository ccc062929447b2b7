import { Logo } from "./logo.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";

/** Above the tour for whoever is not signed in. */
export function TourBar() {
  return (
    <header className="demo-bar">
      <a href="#/" className="demo-home" aria-label="Parley, to the start">
        <Logo />
      </a>
      <div className="demo-bar-end">
        <ThemeSwitch />
      </div>
    </header>
  );
}
