import { type FormEvent, useState } from "react";
import type { OwnUser } from "@/shared/api/wire";
import { useClient } from "@/shared/chat/client-context";
import { dateLabel } from "@/shared/time/labels";
import { Avatar } from "@/shared/ui/Avatar";
import { Button } from "@/shared/ui/Button";
import { Field, FormError } from "@/shared/ui/Field";
import formStyles from "@/shared/ui/Form.module.css";
import { useAsk } from "@/shared/ui/useAsk";
import styles from "./SettingsPage.module.css";

export function ProfileSection({ me }: { me: OwnUser }) {
  const { account, store, toasts } = useClient();
  const [name, setName] = useState(me.name);
  const [email, setEmail] = useState(me.email ?? "");
  const { form: formRef, busy, fields, error, ask } = useAsk(["name", "email"]);

  async function save(event: FormEvent) {
    event.preventDefault();
    const saved = await ask(async () =>
      store.signIn(await account.change({ name: name.trim(), email: email.trim() || null })),
    );
    if (saved) toasts.show("Profile saved.");
  }

  return (
    <section className={styles.section} aria-labelledby="profile">
      <h2 id="profile">Profile</h2>
      <div className={styles.who}>
        <Avatar person={me} size={56} />
        <p>
          <strong>@{me.username}</strong>
          <small>Here since {dateLabel(me.created_at)}</small>
        </p>
      </div>
      <form ref={formRef} className={formStyles.form} onSubmit={save} noValidate>
        <FormError>{error}</FormError>
        <Field
          label="Name"
          hint="What others see. Leave it empty to go by your username."
          autoComplete="name"
          maxLength={80}
          value={name}
          error={fields.name}
          onChange={(event) => setName(event.target.value)}
        />
        <Field
          label="Email"
          hint="Only you see it; you can log in with it."
          type="email"
          autoComplete="email"
          maxLength={254}
          value={email}
          error={fields.email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <Button type="submit" look="primary" className={styles.save} disabled={busy}>
          Save profile
        </Button>
      </form>
    </section>
  );
}
