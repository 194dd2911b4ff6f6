/** What a message's text says, for showing it: plain text, links and a little markup. Never HTML. */
export type Block =
  { kind: "text"; inlines: Inline[] } | { kind: "quote"; inlines: Inline[] } | { kind: "code"; text: string };

export type Inline =
  | { kind: "plain"; text: string }
  | { kind: "code"; text: string }
  | { kind: "link"; href: string; text: string }
  | { kind: "bold" | "italic"; inlines: Inline[] };

const fence = /^```[^\n`]*\n([\s\S]*?)\n?```[^\S\n]*(?:\n|$)/gm;

export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let end = 0;
  for (const match of text.matchAll(fence)) {
    blocks.push(...paragraphs(text.slice(end, match.index)));
    blocks.push({ kind: "code", text: match[1] ?? "" });
    end = match.index + match[0].length;
  }
  return [...blocks, ...paragraphs(text.slice(end))];
}

/** Runs of lines that begin with ">" are quotes, the lines between them text; line breaks stay. */
function paragraphs(text: string): Block[] {
  const blocks: { kind: "text" | "quote"; lines: string[] }[] = [];
  for (const line of text.replace(/^\n+|\n+$/g, "").split("\n")) {
    const kind = /^> ?\S/.test(line) ? "quote" : "text";
    const last = blocks.at(-1);
    const content = kind === "quote" ? line.replace(/^> ?/, "") : line;
    if (last?.kind === kind) last.lines.push(content);
    else blocks.push({ kind, lines: [content] });
  }
  return blocks
    .map(({ kind, lines }) => ({ kind, inlines: inlinesOf(lines.join("\n")) }))
    .filter(({ inlines }) => inlines.length > 0);
}

const markup = new RegExp(
  [
    /`(?<code>[^`\n]+)`/,
    /(?<![\p{L}\p{N}])(?<url>https?:\/\/[^\s<>"`]+)/u,
    /\*\*(?=\S)(?<bold>[^\n]+?)(?<=\S)\*\*/,
    /(?<![*\p{L}\p{N}])\*(?=[^\s*])(?<italic>[^*\n]+?)(?<=[^\s*])\*(?![*\p{L}\p{N}])/u,
  ]
    .map(({ source }) => source)
    .join("|"),
  "giu",
);

export function inlinesOf(text: string): Inline[] {
  const inlines: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(markup)) {
    const { code, url, bold, italic } = match.groups ?? {};
    const link = url === undefined ? null : linkIn(url);
    if (match.index > end) inlines.push({ kind: "plain", text: text.slice(end, match.index) });
    end = match.index + match[0].length;
    if (code !== undefined) inlines.push({ kind: "code", text: code });
    else if (bold !== undefined) inlines.push({ kind: "bold", inlines: inlinesOf(bold) });
    else if (italic !== undefined) inlines.push({ kind: "italic", inlines: inlinesOf(italic) });
    else if (link) {
      inlines.push({ kind: "link", href: link, text: link });
      end = match.index + link.length;
    } else inlines.push({ kind: "plain", text: match[0] });
  }
  if (end < text.length) inlines.push({ kind: "plain", text: text.slice(end) });
  return inlines;
}

/** An address without the punctuation of the sentence around it; null where there is none. */
function linkIn(candidate: string): string | null {
  let url = candidate.replace(/[.,:;!?'*_~]+$/, "");
  while (url.endsWith(")") && count(url, ")") > count(url, "(")) url = url.slice(0, -1).replace(/[.,:;!?'*_~]+$/, "");
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? url : null;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
