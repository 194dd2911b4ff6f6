// @vitest-environment jsdom
import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { RefusingHttp, renderAt } from "@/testing/render";
import { RegisterPage } from "./RegisterPage";

async function register(http: RefusingHttp, form: Record<string, string>, path = "/register") {
  const user = renderAt(path, <RegisterPage />, http);
  for (const [label, text] of Object.entries(form)) await user.type(screen.getByLabelText(label), text);
  await user.click(screen.getByRole("button", { name: "Create account" }));
}

const good = { Username: "ada", Password: "lanterns and cake", "Confirm password": "lanterns and cake" };

describe("the registration form", () => {
  it("says at the field what is wrong, and asks the server nothing", async () => {
    const http = new RefusingHttp({});
    await register(http, { Username: "a", Password: "lanterns and cake", "Confirm password": "lanterns and cork" });
    expect(screen.getByLabelText("Username")).toHaveAccessibleDescription("A username has 2 to 32 characters.");
    expect(screen.getByLabelText("Confirm password")).toHaveAccessibleDescription(
      "The two passwords are not the same.",
    );
    expect(screen.getByLabelText("Username")).toHaveFocus();
    expect(http.calls).toEqual([]);
  });

  it("shows the server's complaints at their fields", async () => {
    const errors = [{ field: "username", code: "taken", detail: "This username is taken." }];
    await register(new RefusingHttp({ status: 409, detail: "Taken.", errors }), good);
    expect(await screen.findByText("This username is taken.")).toBeVisible();
    expect(screen.getByLabelText("Username")).toBeInvalid();
    expect(screen.queryByText("Taken.")).toBeNull();
  });

  it("shows a complaint that has no field above the form", async () => {
    await register(new RefusingHttp({ status: 403, detail: "Registration is closed." }), good);
    expect(await screen.findByRole("alert")).toHaveTextContent("Registration is closed.");
  });

  it("sends what was filled in and the invitation of the address, and no more", async () => {
    const http = new RefusingHttp({});
    await register(http, good, "/register?invite=abc123");
    expect(http.calls).toEqual([
      { method: "POST", path: "/api/register", body: { username: "ada", password: good.Password, invite: "abc123" } },
    ]);
  });
});
