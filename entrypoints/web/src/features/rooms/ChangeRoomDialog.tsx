import { type FormEvent, useState } from "react";
import type { ChatRoom } from "@/shared/api/wire";
import { useClient } from "@/shared/chat/client-context";
import { Button } from "@/shared/ui/Button";
import { Dialog } from "@/shared/ui/Dialog";
import { Field, FormError, TextArea } from "@/shared/ui/Field";
import { FormActions } from "@/shared/ui/Form";
import formStyles from "@/shared/ui/Form.module.css";
import { useAsk } from "@/shared/ui/useAsk";

export function ChangeRoomDialog({ room, onClose }: { room: ChatRoom; onClose: () => void }) {
  const { api, store } = useClient();
  const [name, setName] = useState(room.name);
  const [description, setDescription] = useState(room.description);
  const { form: formRef, busy, fields, error, ask } = useAsk(["name", "description"]);

  async function submit(event: FormEvent) {
    event.preventDefault();
    await ask(async () => {
      store.takeFacts(await api.changeRoom(room.id, { name: name.trim(), description: description.trim() }));
      onClose();
    });
  }

  return (
    <Dialog title="Edit room" onClose={onClose}>
      <form ref={formRef} className={formStyles.form} onSubmit={submit} noValidate>
        <FormError>{error}</FormError>
        <Field
          label="Name"
          required
          maxLength={80}
          value={name}
          error={fields.name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextArea
          label="Description"
          rows={3}
          maxLength={500}
          value={description}
          error={fields.description}
          onChange={(event) => setDescription(event.target.value)}
        />
        <FormActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy}>
            Save
          </Button>
        </FormActions>
      </form>
    </Dialog>
  );
}
