import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hueOf, initialsOf } from "./avatar-colours";

/** WCAG contrast of white on an OKLCH colour. */
function contrastOfWhiteOn(lightness: number, chroma: number, hue: number): number {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const [red, green, blue] = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((channel) => Math.min(1, Math.max(0, channel))) as [number, number, number];
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}

describe("avatars", () => {
  it("have initials that can be read on every hue", () => {
    const css = readFileSync(join(import.meta.dirname, "Avatar.module.css"), "utf8");
    const [, lightness, chroma] = /oklch\(([\d.]+) ([\d.]+) var\(--hue\)\)/.exec(css) ?? [];
    for (let hue = 0; hue < 360; hue++)
      expect(contrastOfWhiteOn(Number(lightness), Number(chroma), hue), `hue ${hue}`).toBeGreaterThan(4.5);
  });

  it("of neighbours differ in hue", () => {
    expect(Math.abs(hueOf(1) - hueOf(2))).toBeGreaterThan(60);
    expect(hueOf(12)).toBe(hueOf(12));
  });

  it.each([
    ["Ada Lovelace", "AL"],
    ["ada", "A"],
    ["grace.m.hopper", "GH"],
    ["李小龍", "李"],
    ["😀 smile", "😀S"],
    ["", "?"],
  ])("of %j say %s", (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });
});
