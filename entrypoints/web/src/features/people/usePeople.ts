import { useCallback } from "react";
import type { Id, User } from "@/shared/api/wire";
import { useChat, useClient } from "@/shared/chat/client-context";
import { useSearch } from "@/shared/ui/useSearch";

/** People whose name or username has `query` in it, without oneself and without `except`. */
export function usePeople(
  query: string,
  except: readonly Id[] = [],
): { people: User[] | null; settled: boolean; error: string } {
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
  const wanted = query.trim();
  const { results, foundFor, error } = useSearch(wanted, find);
  const people = results?.filter(({ id }) => id !== me && !except.includes(id)) ?? null;
  // Until the answer is here nobody is offered who was found for something else.
  const settled = foundFor === wanted;
  return { people: settled ? people : (people?.filter((person) => isLike(person, wanted)) ?? null), settled, error };
}

function isLike(person: User, wanted: string): boolean {
  return `${person.name}\n${person.username}`.toLocaleLowerCase().includes(wanted.toLocaleLowerCase());
}
