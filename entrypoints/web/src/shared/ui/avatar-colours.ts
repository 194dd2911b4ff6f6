import type { Id } from "@/shared/api/wire";

const goldenAngle = 137.508;

/** Neighbouring ids get far-apart hues. The lightness is fixed in CSS, which keeps white text readable on each. */
export function hueOf(id: Id): number {
  return Math.round((id * goldenAngle) % 360);
}

/** One or two letters, by characters and not by halves of them. */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/u)
    .filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters
    .map((word) => [...(word ?? "?")][0])
    .join("")
    .toLocaleUpperCase();
}
