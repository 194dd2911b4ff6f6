import { useState } from "react";
import { useLocation } from "wouter";
import type { User } from "@/shared/api/wire";
import { useClient } from "@/shared/chat/client-context";
import { Button } from "@/shared/ui/Button";
import { Dialog } from "@/shared/ui/Dialog";
import { FormError } from "@/shared/ui/Field";
import { FormActions } from "@/shared/ui/Form";
import { useAsk } from "@/shared/ui/useAsk";
import { PeoplePicker } from "./PeoplePicker";

export function NewDirectDialog({ onClose }: { onClose: () => void }) {
  const { api, store } = useClient();
  const [, navigate] = useLocation();
  const [chosen, setChosen] = useState<User[]>([]);
  const { busy, error, ask } = useAsk();

  const start = () =>
    ask(async () => {
      const room = await api.direct(chosen.map(({ id }) => id));
      store.addRoom(room);
      onClose();
      navigate(`/chat/${room.id}`);
    });

  return (
    <Dialog title="New direct message" onClose={onClose}>
      <PeoplePicker
        chosen={chosen}
        onChange={setChosen}
        nobody="Nobody by that name. Perhaps they have not signed up yet: send them this site's address."
      />
      <FormError>{error}</FormError>
      <FormActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" disabled={busy || !chosen.length} onClick={() => void start()}>
          Start talking
        </Button>
      </FormActions>
    </Dialog>
  );
}
