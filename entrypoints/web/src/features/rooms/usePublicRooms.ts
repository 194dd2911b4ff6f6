import { useCallback, useState } from "react";
import type { ChatRoom } from "@/shared/api/wire";
import { useClient } from "@/shared/chat/client-context";
import { useSearch } from "@/shared/ui/useSearch";

interface Page {
  query: string;
  rooms: ChatRoom[];
  next: string | null;
}

/** The public rooms that match, page by page. `more` is there while there are more. */
export function usePublicRooms(query: string): { rooms: ChatRoom[] | null; error: string; more: (() => void) | null } {
  const { api } = useClient();
  const [later, setLater] = useState<Page | null>(null);
  const find = useCallback(
    async (wanted: string): Promise<Page[]> => {
      const page = await api.rooms("public", wanted);
      return [{ query: wanted, rooms: page.chat_rooms, next: page.next }];
    },
    [api],
  );
  const { results, error } = useSearch(query, find);
  const first = results?.[0] ?? null;
  const page = later && later.query === first?.query ? later : first;

  async function more(known: Page) {
    const { chat_rooms, next } = await api.rooms("public", known.query, known.next);
    setLater({ query: known.query, rooms: [...known.rooms, ...chat_rooms], next });
  }

  return { rooms: page?.rooms ?? null, error, more: page?.next ? () => void more(page).catch(() => {}) : null };
}
