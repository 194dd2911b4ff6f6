import { memo } from "react";
import { type Block, blocksOf, type Inline } from "./rich-text";
import styles from "./RichText.module.css";

/** A message's text. Everything in it is text to React: there is no way from a message to HTML. */
export const RichText = memo(function RichText({ text }: { text: string }) {
  return <div className={styles.text}>{blocksOf(text).map(block)}</div>;
});

function block(each: Block, index: number) {
  if (each.kind === "code") return <pre key={index}>{each.text}</pre>;
  const Tag = each.kind === "quote" ? "blockquote" : "p";
  return (
    <Tag key={index} dir="auto">
      {each.inlines.map(inline)}
    </Tag>
  );
}

function inline(each: Inline, index: number) {
  switch (each.kind) {
    case "plain":
      return each.text;
    case "code":
      return <code key={index}>{each.text}</code>;
    case "link":
      return (
        <a key={index} href={each.href} target="_blank" rel="noopener noreferrer">
          {each.text}
        </a>
      );
    case "bold":
      return <strong key={index}>{each.inlines.map(inline)}</strong>;
    case "italic":
      return <em key={index}>{each.inlines.map(inline)}</em>;
  }
}
