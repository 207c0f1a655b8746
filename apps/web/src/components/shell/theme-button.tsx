"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { useHydrated } from "../controls/use-hydrated";

const THEMES = [
  { value: "system", name: "System theme", icon: Monitor },
  { value: "light", name: "Light theme", icon: Sun },
  { value: "dark", name: "Dark theme", icon: Moon },
] as const;

/** Steps through system, light and dark. The server does not know which was chosen, so it draws the first. */
export function ThemeButton() {
  const { theme, setTheme } = useTheme();
  const hydrated = useHydrated();
  const index = hydrated ? THEMES.findIndex(({ value }) => value === theme) : 0;
  const current = THEMES[index] ?? THEMES[0];
  const next = THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? THEMES[0];
  const Icon = current.icon;
  return (
    <button
      type="button"
      aria-label={`Theme: ${current.name}. Change to: ${next.name}`}
      title={`Theme: ${current.name}`}
      onClick={() => setTheme(next.value)}
      className="flex h-12 w-12 shrink-0 items-center justify-center gap-2.5 text-muted hover:text-text sm:mx-2 sm:mb-2 sm:h-9 sm:w-auto sm:rounded-md sm:hover:bg-sunken xl:justify-start xl:px-2.5"
    >
      <Icon size={17} aria-hidden />
      <span className="hidden text-sm font-medium xl:inline">{current.name}</span>
    </button>
  );
}
