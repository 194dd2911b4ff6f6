import type { KeyValue } from "@/shared/chat/key-value";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

// public/theme.js reads the same key before the first paint.
const key = "parley.theme";

export function currentTheme(values: KeyValue): Theme {
  return themes.find((theme) => theme === values.get(key)) ?? "system";
}

export function applyTheme(values: KeyValue, theme: Theme): void {
  if (theme === "system") {
    values.remove(key);
    delete document.documentElement.dataset.theme;
  } else {
    values.set(key, theme);
    document.documentElement.dataset.theme = theme;
  }
}
