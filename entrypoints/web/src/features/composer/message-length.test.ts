import { expect, it } from "vitest";
import { charactersLeft } from "./message-length";

it("says nothing while there is much room", () => {
  expect(charactersLeft("a".repeat(3_799))).toBeNull();
});

it("counts the last characters down, and those that are too many", () => {
  expect(charactersLeft("a".repeat(3_990))).toBe(10);
  expect(charactersLeft("a".repeat(4_001))).toBe(-1);
});

it("counts characters and not halves of them", () => {
  expect(charactersLeft("😀".repeat(3_999))).toBe(1);
});
