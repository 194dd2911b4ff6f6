import { useCallback } from "react";
import type { Id, User } from "@/shared/api/wire";
import { useChat, useClient } from "@/shared/chat/client-context";
import { useSearch } from "@/shared/ui/useSearch";

/** People whose name or username has `query` in it, without oneself and without `except`. */
export function usePeople(query: string, except: readonly Id[] = []): { people: User[] | null; error: string } {
  const { api, store } = useClient();
  const me = useChat((state) => state.me?.id);
  const find = useCallback(
    async (wanted: string) => {
      const people = await api.people(wanted);
      store.notePeople(people);
      return people;
    },
    [api, store],
  );
  const { results, error } = useSearch(query.trim(), find);
  return { people: results?.filter(({ id }) => id !== me && !except.includes(id)) ?? null, error };
}
