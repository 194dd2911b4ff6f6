import { describe, expect, it } from "vitest";
import { blocksOf, type Inline, inlinesOf } from "./rich-text";

const links = (text: string) => inlinesOf(text).flatMap((each) => (each.kind === "link" ? [each.href] : []));
const words = (inlines: Inline[]): string =>
  inlines.map((each) => ("inlines" in each ? words(each.inlines) : each.text)).join("");

describe("links in a message", () => {
  it.each([
    ["see https://example.com/a?b=c#d now", "https://example.com/a?b=c#d"],
    ["http://localhost:5001/chat/7.", "http://localhost:5001/chat/7"],
    ["(https://example.com/a_(b))", "https://example.com/a_(b)"],
    ["https://example.com/x, and", "https://example.com/x"],
    ["“https://example.com/ä”!", "https://example.com/ä”"],
    ["HTTPS://EXAMPLE.COM", "HTTPS://EXAMPLE.COM"],
  ])("are found in %j", (text, href) => {
    expect(links(text)).toEqual([href]);
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://example.com",
    "https://",
    "http:// example.com",
    "xhttps://example.com",
    "`https://example.com`",
    "www.example.com",
  ])("are not made of %j", (text) => {
    expect(links(text)).toEqual([]);
  });

  it("lose no character around them", () => {
    const text = "a (https://example.com/x). b https://, c";
    expect(words(inlinesOf(text))).toBe(text);
  });
});

describe("a message's markup", () => {
  it("knows code, bold and italic", () => {
    expect(inlinesOf("a `b*c*` **d *e* f**")).toEqual([
      { kind: "plain", text: "a " },
      { kind: "code", text: "b*c*" },
      { kind: "plain", text: " " },
      {
        kind: "bold",
        inlines: [
          { kind: "plain", text: "d " },
          { kind: "italic", inlines: [{ kind: "plain", text: "e" }] },
          { kind: "plain", text: " f" },
        ],
      },
    ]);
  });

  it.each(["2*3*4", "a * b * c", "** a **", "snake_case_name", "<b>bold</b>", "`unclosed", "**", "5 > 3"])(
    "leaves %j as it was written",
    (text) => {
      expect(blocksOf(text)).toEqual([{ kind: "text", inlines: [{ kind: "plain", text }] }]);
    },
  );

  it("keeps fenced code to the letter", () => {
    const blocks = blocksOf("look:\n```js\n  if (a) **b**\n\nhttps://example.com\n```\nso");
    expect(blocks.map(({ kind }) => kind)).toEqual(["text", "code", "text"]);
    expect(blocks[1]).toEqual({ kind: "code", text: "  if (a) **b**\n\nhttps://example.com" });
  });

  it("takes lines that begin with > for a quote", () => {
    expect(blocksOf("> a\n> b\nc").map(({ kind }) => kind)).toEqual(["quote", "text"]);
  });

  it("keeps line breaks within the text", () => {
    expect(blocksOf("a\n\nb")).toEqual([{ kind: "text", inlines: [{ kind: "plain", text: "a\n\nb" }] }]);
  });

  it("takes no time over text made to be slow", () => {
    const started = performance.now();
    for (const piece of ["**a", "*a ", "`", "```\n", "https://(((", "> ", "**a** *", "h"])
      blocksOf(piece.repeat(4_000 / piece.length));
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
