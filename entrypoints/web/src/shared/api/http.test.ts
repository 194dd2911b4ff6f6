import { afterEach, describe, expect, test } from "vitest";
import { Http } from "./http";
import { RequestFailed } from "./problem";

const real = globalThis.fetch;

function answering(response: Response): Http {
  globalThis.fetch = () => Promise.resolve(response);
  return new Http();
}

afterEach(() => {
  globalThis.fetch = real;
});

describe("an answer", () => {
  test("is what its JSON says", async () => {
    expect(await answering(new Response('{"rooms": 3}')).get("/api")).toEqual({ rooms: 3 });
  });

  test("that ends in the middle is none, and may be asked for again", async () => {
    const failure: unknown = await answering(new Response('{"rooms": '))
      .get("/api")
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RequestFailed);
    expect((failure as RequestFailed).isTransient).toBe(true);
  });

  test("may have nothing to say", async () => {
    await answering(new Response(null, { status: 204 })).post("/api");
  });
});
