import type { ReactNode } from "react";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { FormError } from "./Field";
import { FormActions } from "./Form";
import { useAsk } from "./useAsk";

interface ConfirmDialogProps {
  title: string;
  children: ReactNode;
  /** What the button says: a verb. */
  action: string;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks before what cannot be undone, and stays open with the reason if it fails. */
export function ConfirmDialog({ title, children, action, onConfirm, onClose }: ConfirmDialogProps) {
  const { busy, error, ask } = useAsk();
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      <FormError>{error}</FormError>
      <FormActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" disabled={busy} onClick={() => void ask(onConfirm).then((done) => done && onClose())}>
          {action}
        </Button>
      </FormActions>
    </Dialog>
  );
}
