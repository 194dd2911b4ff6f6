import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { ScrollAnchor } from "./ScrollAnchor";

const nearEdge = 800;

interface Edges {
  onNearStart: () => void;
  onNearEnd: () => void;
}

interface TimelineScroll {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  atEnd: boolean;
  onScroll: () => void;
  toEnd: () => void;
  /** Scrolls to the row of a message, or to the "New messages" line; false when it is not on the page. */
  show: (selector: string, place: number) => boolean;
}

export function useTimelineScroll({ onNearStart, onNearEnd }: Edges): TimelineScroll {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const anchor = useRef<ScrollAnchor | null>(null);
  // Not before the list has found its place: what was never shown must not count as read.
  const [atEnd, setAtEnd] = useState(false);

  const settle = useCallback(() => {
    setAtEnd(anchor.current?.isAtEnd ?? false);
    const element = scroller.current;
    if (!element || !anchor.current) return;
    if (element.scrollTop < nearEdge) onNearStart();
    if (anchor.current.distanceToEnd < nearEdge) onNearEnd();
  }, [onNearStart, onNearEnd]);

  useLayoutEffect(() => {
    if (scroller.current) anchor.current ??= new ScrollAnchor(scroller.current, "[data-row]");
    anchor.current?.restore();
  });

  useEffect(settle);

  useEffect(() => {
    const observer = new ResizeObserver(() => anchor.current?.restore());
    if (scroller.current) observer.observe(scroller.current);
    if (content.current) observer.observe(content.current);
    return () => observer.disconnect();
  }, []);

  const onScroll = useCallback(() => {
    anchor.current?.note();
    settle();
  }, [settle]);

  const toEnd = useCallback(() => {
    anchor.current?.toEnd();
    setAtEnd(true);
  }, []);

  const show = useCallback((selector: string, place: number) => {
    const element = scroller.current?.querySelector(selector);
    if (!element) return false;
    anchor.current?.show(element, place);
    setAtEnd(anchor.current?.isAtEnd ?? false);
    return true;
  }, []);

  return { scroller, content, atEnd, onScroll, toEnd, show };
}
