import type { KeyboardEvent } from "react";

const steps: Record<string, (rows: HTMLElement[], index: number) => HTMLElement | undefined> = {
  ArrowUp: (rows, index) => rows[index - 1],
  ArrowDown: (rows, index) => rows[index + 1],
  Home: (rows) => rows[0],
  End: (rows) => rows.at(-1),
};

/** Arrows, Home and End move the focus from message to message; in a text field or a button they keep their meaning. */
export function moveByArrows(event: KeyboardEvent<HTMLElement>): void {
  const step = steps[event.key];
  const from = event.target as HTMLElement;
  if (!step || !from.matches("article")) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("article[data-row]")];
  const row = step(rows, rows.indexOf(from));
  event.preventDefault();
  row?.focus();
}
