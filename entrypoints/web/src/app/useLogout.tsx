import { type ReactNode, useCallback, useState } from "react";
import { useLocation } from "wouter";
import { sentenceFor } from "@/shared/api/problem";
import { useClient } from "@/shared/chat/client-context";
import { ConfirmDialog } from "@/shared/ui/ConfirmDialog";

/** Logs out, but asks first while there are messages that would be lost by it. */
export function useLogout(): { logout: () => void; dialog: ReactNode } {
  const client = useClient();
  const [, navigate] = useLocation();
  const [asking, setAsking] = useState(0);

  const leave = useCallback(() => client.logout(() => navigate("/")), [client, navigate]);

  const logout = useCallback(() => {
    const unsent = client.store.get().outbox.filter(({ accepted }) => !accepted).length;
    if (unsent) setAsking(unsent);
    else leave().catch((error: unknown) => client.toasts.show(sentenceFor(error), "error"));
  }, [client, leave]);

  const dialog = asking > 0 && (
    <ConfirmDialog title="Log out now?" action="Log out" onConfirm={leave} onClose={() => setAsking(0)}>
      {asking === 1 ? "One message has" : `${asking} messages have`} not been sent yet and would be lost.
    </ConfirmDialog>
  );
  return { logout, dialog };
}
