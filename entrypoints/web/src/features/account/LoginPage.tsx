import { type FormEvent, useState } from "react";
import { Link, useSearchParams } from "wouter";
import { useClient } from "@/shared/chat/client-context";
import { Button } from "@/shared/ui/Button";
import { Field, FormError, PasswordField } from "@/shared/ui/Field";
import { useAsk } from "@/shared/ui/useAsk";
import { AccountCard } from "./AccountCard";
import styles from "./AccountCard.module.css";

export function LoginPage() {
  const client = useClient();
  const [search] = useSearchParams();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const { form: formRef, busy, fields, error, setFields, ask } = useAsk(["username", "password"]);
  const next = search.get("next");

  async function submit(event: FormEvent) {
    event.preventDefault();
    const missing: Record<string, string> = {};
    if (!username.trim()) missing.username = "Enter your username or email.";
    if (!password) missing.password = "Enter your password.";
    if (Object.keys(missing).length) return setFields(missing);
    await ask(() => client.login(username.trim(), password));
  }

  return (
    <AccountCard
      title="Log in"
      lead="Good to see you again."
      footer={
        <>
          New here?{" "}
          <Link href={next ? `/register?next=${encodeURIComponent(next)}` : "/register"}>Create an account</Link>
        </>
      }
    >
      <form ref={formRef} className={styles.form} onSubmit={submit} noValidate>
        <FormError>{error}</FormError>
        <Field
          label="Username or email"
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={254}
          value={username}
          error={fields.username}
          onChange={(event) => setUsername(event.target.value)}
        />
        <PasswordField
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          maxLength={1024}
          value={password}
          error={fields.password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Button type="submit" look="primary" wide disabled={busy}>
          {busy ? "Logging in…" : "Log in"}
        </Button>
      </form>
    </AccountCard>
  );
}
