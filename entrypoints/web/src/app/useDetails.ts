import { useState } from "react";
import { useClient } from "@/shared/chat/client-context";
import { useMedia } from "./useMedia";

const key = "parley.details";

/** The third pane: open or not as one left it on a wide screen, and a drawer that starts closed on others. */
export function useDetails(): { shown: boolean; pane: boolean; toggle: () => void } {
  const { values } = useClient();
  const isWide = useMedia("(min-width: 68rem)");
  const [paneOpen, setPaneOpen] = useState(values.get(key) !== "closed");
  const [drawerOpen, setDrawerOpen] = useState(false);

  function toggle() {
    if (!isWide) return setDrawerOpen(!drawerOpen);
    values.set(key, paneOpen ? "closed" : "open");
    setPaneOpen(!paneOpen);
  }

  return { shown: isWide ? paneOpen : drawerOpen, pane: isWide && paneOpen, toggle };
}
