import { describe, expect, it } from "vitest";
import { readUpTo, unreadAsOf, unreadCount, withMessage } from "./unread";

describe("the unread count", () => {
  const fresh = unreadAsOf(10, 6, 3);

  it("is the server's, and one more for each later message", () => {
    expect(unreadCount(withMessage(withMessage(fresh, 11), 12))).toBe(5);
  });

  it("does not count a message that another device has read already", () => {
    const readAhead = readUpTo(fresh, 12);
    expect(unreadCount(withMessage(readAhead, 11))).toBe(0);
    expect(unreadCount(withMessage(readAhead, 13))).toBe(1);
  });

  it("is nothing after reading to the end", () => {
    expect(unreadCount(readUpTo(withMessage(fresh, 11), 11))).toBe(0);
  });

  it("keeps what came after the mark", () => {
    const later = withMessage(withMessage(fresh, 11), 13);
    expect(unreadCount(readUpTo(later, 12))).toBe(1);
  });

  it("never lets the mark go back", () => {
    expect(readUpTo(fresh, 5)).toBe(fresh);
  });

  it("takes the server's word for a mark among messages that it does not know", () => {
    const later = withMessage(fresh, 11);
    expect(unreadCount(readUpTo(later, 8, 2))).toBe(2);
  });
});
