import { useState } from "react";
import type { Theme } from "../../react/appearance.ts";
import { applyTheme, readTheme, themes } from "../theme.ts";
import { Glyph } from "./glyph.tsx";

const names: Record<Theme, string> = { light: "Light", dark: "Dark", system: "As the device" };

export function ThemeSwitch() {
  const [chosen, setChosen] = useState(readTheme);
  const choose = (theme: Theme): void => {
    applyTheme(theme);
    setChosen(theme);
  };
  return (
    <div className="demo-theme" role="radiogroup" aria-label="Theme">
      {themes.map((theme) => (
        <label key={theme} title={names[theme]}>
          <input
            type="radio"
            name="theme"
            value={theme}
            checked={theme === chosen}
            onChange={() => choose(theme)}
            aria-label={names[theme]}
          />
          <Glyph name={theme} />
        </label>
      ))}
    </div>
  );
}
