// @vitest-environment jsdom
import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { RefusingHttp, renderAt } from "@/testing/render";
import { LoginPage } from "./LoginPage";

describe("the login form", () => {
  it("asks for both fields", async () => {
    const http = new RefusingHttp({});
    const user = renderAt("/login", <LoginPage />, http);
    await user.click(screen.getByRole("button", { name: "Log in" }));
    expect(screen.getByLabelText("Username or email")).toHaveAccessibleDescription("Enter your username or email.");
    expect(screen.getByLabelText("Password")).toHaveAccessibleDescription("Enter your password.");
    expect(http.calls).toEqual([]);
  });

  it("signs in by cookie, and says why not", async () => {
    const http = new RefusingHttp({ status: 401, detail: "The username or the password is wrong." });
    const user = renderAt("/login", <LoginPage />, http);
    await user.type(screen.getByLabelText("Username or email"), "ada");
    await user.type(screen.getByLabelText("Password"), "wrong{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("The username or the password is wrong.");
    expect(http.calls[0]?.body).toEqual({ username: "ada", password: "wrong", cookie: true });
  });

  it("shows the password when asked to", async () => {
    const user = renderAt("/login", <LoginPage />, new RefusingHttp({}));
    await user.click(screen.getByRole("button", { name: "Show password" }));
    expect(screen.getByLabelText("Password")).toHaveAttribute("type", "text");
  });

  it("keeps the page that one wanted on the way to registering", () => {
    renderAt("/login?next=%2Fchat%2F7", <LoginPage />, new RefusingHttp({}));
    expect(screen.getByRole("link", { name: "Create an account" })).toHaveAttribute(
      "href",
      "/register?next=%2Fchat%2F7",
    );
  });
});
