import { useEffect } from "react";

/** "Settings – Parley" in the browser's tab, for as long as the page is there. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} – Parley` : "Parley";
    return () => {
      document.title = "Parley";
    };
  }, [title]);
}
