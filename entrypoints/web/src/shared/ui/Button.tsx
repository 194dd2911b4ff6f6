import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Link } from "wouter";
import styles from "./Button.module.css";
import { Icon, type IconName } from "./Icon";

type Look = "primary" | "plain" | "danger" | "ghost";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  icon?: IconName;
  wide?: boolean;
}

export function Button({ look = "plain", icon, wide, className, children, type = "button", ...rest }: ButtonProps) {
  return (
    // oxlint-disable-next-line react/button-has-type -- it is one of the three, "button" unless told
    <button type={type} className={classes(look, wide, className)} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export function ButtonLink({ href, look = "plain", children }: { href: string; look?: Look; children: ReactNode }) {
  return (
    <Link href={href} className={classes(look)}>
      {children}
    </Link>
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: IconName;
  label: string;
  small?: boolean;
}

/** A button of one icon; its label is read out and shown on hovering. */
export function IconButton({ icon, label, small, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={[styles.icon, small && styles.small, className].filter(Boolean).join(" ")}
      {...rest}
    >
      <Icon name={icon} size={small ? 16 : 18} />
    </button>
  );
}

function classes(look: Look, wide?: boolean, more?: string): string {
  return [styles.button, styles[look], wide && styles.wide, more].filter(Boolean).join(" ");
}
