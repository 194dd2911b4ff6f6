import { describe, expect, it } from "vitest";
import { loginPath, safeNext } from "./next-path";

describe("the way back after logging in", () => {
  it.each(["/chat", "/chat/7", "/chat/7/120", "/settings", "/chat/7?x=1"])("leads to %s", (path) => {
    expect(safeNext(path)).toBe(path);
  });

  it.each([
    null,
    "",
    "chat",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/chat",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "/%2F/evil.example",
    "/%2fevil.example",
    "/%5Cevil.example",
    "/%252F%252Fevil.example",
    "/chat/..//evil.example",
    "/chat/%2e%2e/%2fevil.example",
    "/chat/../../evil",
    "/chat%09/x",
    "/chat/%E0%A4%A",
    "/login",
    "/register",
    "/",
    "/chatter",
    "/api/logout",
    "/@evil.example",
    "/chat@evil.example",
  ])("never leads to %j", (path) => {
    expect(safeNext(path)).toBe("/chat");
  });

  it("is kept in the address of the login page", () => {
    expect(loginPath("/chat/7/120")).toBe("/login?next=%2Fchat%2F7%2F120");
    expect(loginPath("/chat")).toBe("/login");
  });
});
