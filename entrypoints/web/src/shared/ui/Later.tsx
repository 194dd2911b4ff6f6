import { type ReactNode, useEffect, useState } from "react";

/** Shows its children only if they are still wanted after a moment: what is quick should not flicker. */
export function Later({ children, after = 200 }: { children: ReactNode; after?: number }) {
  const [due, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), after);
    return () => clearTimeout(timer);
  }, [after]);
  return due ? children : null;
}
