import { type ChangeEvent, type FormEvent, useState } from "react";
import type { OwnUser } from "@/shared/api/wire";
import { useClient } from "@/shared/chat/client-context";
import { Button } from "@/shared/ui/Button";
import { FormError, PasswordField } from "@/shared/ui/Field";
import formStyles from "@/shared/ui/Form.module.css";
import { complaintsAboutPassword } from "@/shared/ui/password-checks";
import { useAsk } from "@/shared/ui/useAsk";
import styles from "./SettingsPage.module.css";

const blank = { current_password: "", password: "", confirmation: "" };

export function PasswordSection({ me }: { me: OwnUser }) {
  const client = useClient();
  const [form, setForm] = useState(blank);
  const { form: formRef, busy, fields, error, setFields, ask } = useAsk(Object.keys(blank));

  function bind(field: keyof typeof blank) {
    const onChange = (event: ChangeEvent<HTMLInputElement>) => setForm({ ...form, [field]: event.target.value });
    return { name: field, value: form[field], error: fields[field], onChange };
  }

  async function save(event: FormEvent) {
    event.preventDefault();
    const { current_password, password, confirmation } = form;
    const complaints = complaintsAboutPassword(password, confirmation);
    if (!current_password) complaints.current_password = "Enter the password that you have now.";
    if (Object.keys(complaints).length) return setFields(complaints);
    if (!(await ask(() => client.changePassword(me, current_password, password)))) return;
    setForm(blank);
    client.toasts.show("Password changed.");
  }

  return (
    <section className={styles.section} aria-labelledby="password">
      <h2 id="password">Password</h2>
      <p>Changing it signs you out on all other devices.</p>
      <form ref={formRef} className={formStyles.form} onSubmit={save} noValidate>
        <FormError>{error}</FormError>
        <PasswordField label="Current password" autoComplete="current-password" {...bind("current_password")} />
        <PasswordField
          label="New password"
          hint="At least 8 characters."
          autoComplete="new-password"
          {...bind("password")}
        />
        <PasswordField label="Confirm new password" autoComplete="new-password" {...bind("confirmation")} />
        <Button type="submit" look="primary" className={styles.save} disabled={busy}>
          Change password
        </Button>
      </form>
    </section>
  );
}
