import { type RefObject, useEffect, useRef, useState } from "react";
import { RequestFailed, sentenceFor } from "@/shared/api/problem";

interface Ask {
  /** For the form, so that the focus goes to the first field that is wrong. */
  form: RefObject<HTMLFormElement | null>;
  busy: boolean;
  /** What is wrong with each field. */
  fields: Record<string, string>;
  /** What is wrong as a whole, where no field is to blame. */
  error: string;
  setFields: (fields: Record<string, string>) => void;
  /** Runs a request; true when it went well. */
  ask: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** The state of a form that asks the server: busy, refused and why, field by field. `known` are the form's fields. */
export function useAsk(known: readonly string[] = []): Ask {
  const [busy, setBusy] = useState(false);
  const [fields, setFields] = useState<Record<string, string>>({});
  const [error, setError] = useState("");
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus(), [fields]);

  async function ask(work: () => Promise<unknown>): Promise<boolean> {
    setBusy(true);
    setError("");
    setFields({});
    try {
      await work();
      return true;
    } catch (thrown) {
      const complaints = thrown instanceof RequestFailed ? thrown.byField : {};
      const placed = Object.keys(complaints).some((field) => known.includes(field));
      setFields(complaints);
      if (!placed) setError(sentenceFor(thrown));
      return false;
    } finally {
      setBusy(false);
    }
  }

  return { form, busy, fields, error, setFields, ask };
}
