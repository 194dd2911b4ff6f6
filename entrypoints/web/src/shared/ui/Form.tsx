import type { InputHTMLAttributes, ReactNode } from "react";
import styles from "./Form.module.css";
import { Icon, type IconName } from "./Icon";

export function FormActions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}

/** A set of radio buttons that look like cards. */
export function Choices({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset className={styles.choices}>
      <legend>{legend}</legend>
      {children}
    </fieldset>
  );
}

interface ChoiceProps extends InputHTMLAttributes<HTMLInputElement> {
  icon: IconName;
  label: string;
  hint?: string;
}

export function Choice({ icon, label, hint, ...radio }: ChoiceProps) {
  return (
    <label className={styles.choice}>
      <input type="radio" {...radio} />
      <Icon name={icon} />
      <span>
        <strong>{label}</strong>
        {hint && <small>{hint}</small>}
      </span>
    </label>
  );
}
