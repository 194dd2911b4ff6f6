import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId, useState } from "react";
import { IconButton } from "./Button";
import styles from "./Field.module.css";

interface Labelled {
  label: string;
  hint?: ReactNode;
  error?: string;
}

type InputProps = Labelled & InputHTMLAttributes<HTMLInputElement>;

export function Field({ label, hint, error, ...input }: InputProps) {
  const ids = useFieldIds(hint, error);
  return (
    <Frame label={label} hint={hint} error={error} ids={ids}>
      <input className={styles.input} {...ids.control} {...input} />
    </Frame>
  );
}

export function PasswordField({ label, hint, error, ...input }: InputProps) {
  const ids = useFieldIds(hint, error);
  const [shown, setShown] = useState(false);
  return (
    <Frame label={label} hint={hint} error={error} ids={ids}>
      <div className={styles.withButton}>
        <input className={styles.input} {...ids.control} {...input} type={shown ? "text" : "password"} />
        <IconButton
          icon={shown ? "eyeOff" : "eye"}
          label={shown ? "Hide password" : "Show password"}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        />
      </div>
    </Frame>
  );
}

export function TextArea({ label, hint, error, ...area }: Labelled & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const ids = useFieldIds(hint, error);
  return (
    <Frame label={label} hint={hint} error={error} ids={ids}>
      <textarea className={styles.input} {...ids.control} {...area} />
    </Frame>
  );
}

function useFieldIds(hint: ReactNode, error: string | undefined) {
  const id = useId();
  const describedBy = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  const control = { id, "aria-invalid": error ? true : undefined, "aria-describedby": describedBy };
  return { id, control };
}

function Frame({ label, hint, error, ids, children }: Labelled & { ids: { id: string }; children: ReactNode }) {
  return (
    <div className={styles.field}>
      <label htmlFor={ids.id}>{label}</label>
      {children}
      {error && (
        <p className={styles.error} id={`${ids.id}-error`}>
          {error}
        </p>
      )}
      {hint && !error && (
        <p className={styles.hint} id={`${ids.id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** What is wrong with a form as a whole. */
export function FormError({ children }: { children: ReactNode }) {
  return (
    <p className={styles.formError} role="alert" hidden={!children}>
      {children}
    </p>
  );
}
