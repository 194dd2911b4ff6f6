import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";
import type { RoomKind } from "@/shared/api/wire";
import { useClient } from "@/shared/chat/client-context";
import { Button } from "@/shared/ui/Button";
import { Dialog } from "@/shared/ui/Dialog";
import { Field, FormError, TextArea } from "@/shared/ui/Field";
import { Choice, Choices, FormActions } from "@/shared/ui/Form";
import formStyles from "@/shared/ui/Form.module.css";
import { useAsk } from "@/shared/ui/useAsk";

export function CreateRoomDialog({ onClose }: { onClose: () => void }) {
  const { api, store } = useClient();
  const [, navigate] = useLocation();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [kind, setKind] = useState<RoomKind>("public");
  const { form: formRef, busy, fields, error, setFields, ask } = useAsk(["name", "description"]);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!name.trim()) return setFields({ name: "Give the room a name." });
    await ask(async () => {
      const room = await api.createRoom({ name: name.trim(), description: description.trim(), kind });
      store.addRoom(room);
      onClose();
      navigate(`/chat/${room.id}`);
    });
  }

  return (
    <Dialog title="Create a room" onClose={onClose}>
      <form ref={formRef} className={formStyles.form} onSubmit={submit} noValidate>
        <FormError>{error}</FormError>
        <Field
          label="Name"
          placeholder="e.g. garden party"
          required
          maxLength={80}
          value={name}
          error={fields.name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextArea
          label="Description (optional)"
          placeholder="What is it about?"
          rows={2}
          maxLength={500}
          value={description}
          error={fields.description}
          onChange={(event) => setDescription(event.target.value)}
        />
        <Choices legend="Who can find it">
          <Choice
            name="kind"
            icon="hash"
            label="Public"
            hint="Everybody here can find it, read it and join."
            checked={kind === "public"}
            onChange={() => setKind("public")}
          />
          <Choice
            name="kind"
            icon="lock"
            label="Private"
            hint="Only those who are invited know that it exists."
            checked={kind === "private"}
            onChange={() => setKind("private")}
          />
        </Choices>
        <FormActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy}>
            Create room
          </Button>
        </FormActions>
      </form>
    </Dialog>
  );
}
