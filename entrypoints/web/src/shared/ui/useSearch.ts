import { useEffect, useState } from "react";
import { sentenceFor } from "@/shared/api/problem";

const pause = 180;

interface Found<T> {
  results: T[] | null;
  /** What the results were asked for; while one types on, they are those of an earlier query. */
  foundFor: string;
  error: string;
}

/** Asks again a moment after the last key press, and forgets answers to what is no longer asked. */
export function useSearch<T>(query: string, find: (query: string) => Promise<T[]>): Found<T> {
  const [found, setFound] = useState<Found<T>>({ results: null, foundFor: "", error: "" });
  useEffect(() => {
    let current = true;
    const timer = setTimeout(
      () =>
        find(query).then(
          (results) => current && setFound({ results, foundFor: query, error: "" }),
          (thrown: unknown) => current && setFound((before) => ({ ...before, error: sentenceFor(thrown) })),
        ),
      query ? pause : 0,
    );
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [query, find]);
  return found;
}
