import type { ReactNode } from "react";
import { Link } from "wouter";
import { Brand } from "@/shared/ui/Brand";
import { usePageTitle } from "@/shared/ui/usePageTitle";
import styles from "./AccountCard.module.css";

/** The page around the login and registration forms. */
export function AccountCard({
  title,
  lead,
  children,
  footer,
}: {
  title: string;
  lead: string;
  children: ReactNode;
  footer: ReactNode;
}) {
  usePageTitle(title);
  return (
    <div className={styles.page}>
      <main className={styles.card} id="main">
        <Link href="/" className={styles.brand}>
          <Brand />
        </Link>
        <h1>{title}</h1>
        <p className={styles.lead}>{lead}</p>
        {children}
        <p className={styles.footer}>{footer}</p>
      </main>
    </div>
  );
}
