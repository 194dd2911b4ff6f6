// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { dayLabel, isSameDay, momentLabel } from "./labels";

const now = new Date(2026, 2, 4, 0, 30);
const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString();

describe("the day of a message", () => {
  it("is today from midnight on", () => {
    expect(dayLabel(at(2026, 2, 4, 0, 0), now)).toBe("Today");
  });

  it("is yesterday the minute before midnight, however short ago", () => {
    expect(dayLabel(at(2026, 2, 3, 23, 59), now)).toBe("Yesterday");
  });

  it("is yesterday across the end of a month", () => {
    expect(dayLabel(at(2026, 1, 28, 8, 0), new Date(2026, 2, 1, 8, 0))).toBe("Yesterday");
  });

  it("has its weekday in this year and its year in others", () => {
    expect(dayLabel(at(2026, 2, 2, 12, 0), now)).toMatch(/Monday.*2|2.*Monday/);
    expect(dayLabel(at(2025, 11, 31, 12, 0), now)).toMatch(/2025/);
  });

  it("goes with the time", () => {
    expect(momentLabel(at(2026, 2, 3, 9, 5), now)).toMatch(/^Yesterday, 0?9:05/);
  });

  it("is the same day for two times of one day only", () => {
    expect(isSameDay(at(2026, 2, 4, 0, 0), at(2026, 2, 4, 23, 59))).toBe(true);
    expect(isSameDay(at(2026, 2, 4, 23, 59), at(2026, 2, 5, 0, 0))).toBe(false);
  });
});
