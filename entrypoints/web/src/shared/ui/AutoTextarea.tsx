import { type RefObject, type TextareaHTMLAttributes, useLayoutEffect } from "react";

interface AutoTextareaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  ref: RefObject<HTMLTextAreaElement | null>;
}

/** A text area as high as its text, up to the max-height of its class. */
export function AutoTextarea({ ref, value, ...rest }: AutoTextareaProps) {
  useLayoutEffect(() => {
    const area = ref.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }, [ref, value]);
  return <textarea ref={ref} value={value} rows={1} {...rest} />;
}
