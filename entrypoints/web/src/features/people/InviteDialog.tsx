import { useState } from "react";
import type { ChatRoom, Id, User } from "@/shared/api/wire";
import { useClient } from "@/shared/chat/client-context";
import { Button } from "@/shared/ui/Button";
import { Dialog } from "@/shared/ui/Dialog";
import { FormError } from "@/shared/ui/Field";
import { FormActions } from "@/shared/ui/Form";
import { namesInWords } from "@/shared/ui/names";
import { useAsk } from "@/shared/ui/useAsk";
import { PeoplePicker } from "./PeoplePicker";

export function InviteDialog({
  room,
  members,
  onClose,
}: {
  room: ChatRoom;
  members: readonly Id[];
  onClose: () => void;
}) {
  const { api, toasts } = useClient();
  const [chosen, setChosen] = useState<User[]>([]);
  const { busy, error, ask } = useAsk();

  const invite = () =>
    ask(async () => {
      for (const { id } of chosen) await api.setMember(room.id, id, "member");
      toasts.show(`${namesInWords(chosen)} ${chosen.length === 1 ? "is" : "are"} now in ${room.name}.`);
      onClose();
    });

  return (
    <Dialog title={`Add people to ${room.name}`} onClose={onClose}>
      <PeoplePicker chosen={chosen} onChange={setChosen} except={members} nobody="Nobody else by that name." />
      <FormError>{error}</FormError>
      <FormActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" disabled={busy || !chosen.length} onClick={() => void invite()}>
          Add to room
        </Button>
      </FormActions>
    </Dialog>
  );
}
