import { type ChangeEvent, type FormEvent, useState } from "react";
import { Link, useSearchParams } from "wouter";
import { useClient } from "@/shared/chat/client-context";
import { Button } from "@/shared/ui/Button";
import { Field, FormError, PasswordField } from "@/shared/ui/Field";
import { useAsk } from "@/shared/ui/useAsk";
import { AccountCard } from "./AccountCard";
import styles from "./AccountCard.module.css";
import { complaintsAbout, type RegistrationForm } from "./registration-checks";

const blank: RegistrationForm = { username: "", name: "", email: "", password: "", confirmation: "" };

export function RegisterPage() {
  const client = useClient();
  const [search] = useSearchParams();
  const [form, setForm] = useState(blank);
  const { form: formRef, busy, fields, error, setFields, ask } = useAsk(Object.keys(blank));
  const next = search.get("next");

  function bind(field: keyof RegistrationForm) {
    const onChange = (event: ChangeEvent<HTMLInputElement>) => setForm({ ...form, [field]: event.target.value });
    return { name: field, value: form[field], error: fields[field], onChange };
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    const complaints = complaintsAbout(form);
    if (Object.keys(complaints).length) return setFields(complaints);
    const username = form.username.trim();
    const optional = { name: form.name.trim(), email: form.email.trim(), invite: search.get("invite") ?? "" };
    const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value));
    await ask(async () => {
      await client.account.register({ username, password: form.password, ...given });
      await client.login(username, form.password);
    });
  }

  return (
    <AccountCard
      title="Create your account"
      lead="A username and a password are all it takes."
      footer={
        <>
          Already have an account?{" "}
          <Link href={next ? `/login?next=${encodeURIComponent(next)}` : "/login"}>Log in</Link>
        </>
      }
    >
      <form ref={formRef} className={styles.form} onSubmit={submit} noValidate>
        <FormError>{error}</FormError>
        <Field
          label="Username"
          hint="2 to 32 characters. What others find you by."
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={64}
          {...bind("username")}
        />
        <Field label="Name (optional)" autoComplete="name" maxLength={80} {...bind("name")} />
        <Field
          label="Email (optional)"
          hint="Only you see it; you can log in with it."
          type="email"
          autoComplete="email"
          maxLength={254}
          {...bind("email")}
        />
        <PasswordField
          label="Password"
          hint="At least 8 characters. A few words are better than a clever one."
          autoComplete="new-password"
          required
          {...bind("password")}
        />
        <PasswordField label="Confirm password" autoComplete="new-password" required {...bind("confirmation")} />
        <Button type="submit" look="primary" wide disabled={busy}>
          {busy ? "Creating your account…" : "Create account"}
        </Button>
      </form>
    </AccountCard>
  );
}
