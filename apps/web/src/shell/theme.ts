import { useSyncExternalStore } from "react";
import { readSetting, writeSetting } from "./storage.ts";

export type Theme = "system" | "light" | "dark";

const listeners = new Set<() => void>();

function readTheme(): Theme {
  const kept = document.documentElement.dataset.theme ?? readSetting("theme");
  return kept === "light" || kept === "dark" ? kept : "system";
}

/** Changes the look of everything at once, and remembers it on this device. */
export function chooseTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  writeSetting("theme", theme === "system" ? null : theme);
  for (const listener of listeners) listener();
}

/** The chosen look. */
export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, readTheme);
}
