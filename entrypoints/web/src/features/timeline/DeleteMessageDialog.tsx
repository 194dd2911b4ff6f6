import type { Message } from "@/shared/api/wire";
import { useClient } from "@/shared/chat/client-context";
import { ConfirmDialog } from "@/shared/ui/ConfirmDialog";

export function DeleteMessageDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const { api } = useClient();
  return (
    <ConfirmDialog
      title="Delete this message?"
      action="Delete"
      onConfirm={() => api.deleteMessage(message.room_id, message.id)}
      onClose={onClose}
    >
      It disappears for everybody. This cannot be undone.
    </ConfirmDialog>
  );
}
